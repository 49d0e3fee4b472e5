"""The bot of these tests in aiogram. It knows nothing of Adjutant."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, CommandStart
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import BotCommand, BufferedInputFile, CallbackQuery, Message
from aiogram.utils.keyboard import InlineKeyboardBuilder

router = Router()


class Order(StatesGroup):
    choosing = State()
    counting = State()


class Decision(CallbackData, prefix="order"):
    what: str
    count: int
    confirmed: bool


@router.message(CommandStart())
async def start(message: Message) -> None:
    await message.answer(f"Hello, {message.from_user.first_name}!")


@router.message(Command("order"))
async def order(message: Message, state: FSMContext) -> None:
    await state.set_state(Order.choosing)
    await message.answer("What shall it be?")


@router.message(Order.choosing, F.text, ~F.text.startswith("/"))
async def choose(message: Message, state: FSMContext) -> None:
    await state.update_data(what=message.text)
    await state.set_state(Order.counting)
    await message.answer("How many?")


@router.message(Order.counting, F.text.isdecimal())
async def count(message: Message, state: FSMContext) -> None:
    what = (await state.get_data())["what"]
    await state.clear()
    builder = InlineKeyboardBuilder()
    for label, confirmed in (("Confirm", True), ("Cancel", False)):
        decision = Decision(what=what, count=int(message.text), confirmed=confirmed)
        builder.button(text=label, callback_data=decision)
    await message.answer(f"{message.text} × {what}?", reply_markup=builder.as_markup())


@router.message(Order.counting, F.text, ~F.text.startswith("/"))
async def not_a_number(message: Message) -> None:
    await message.answer("Please send a number.")


@router.callback_query(Decision.filter())
async def confirm(query: CallbackQuery, callback_data: Decision) -> None:
    await query.answer("Thank you!")
    outcome = "Ordered" if callback_data.confirmed else "Cancelled"
    await query.message.edit_text(f"{outcome}: {callback_data.count} × {callback_data.what}")


@router.message(F.document)
async def send_back(message: Message, bot: Bot) -> None:
    content = (await bot.download(message.document)).read()
    copy = BufferedInputFile(content, filename=f"copy of {message.document.file_name}")
    await message.answer_document(copy, caption=f"{len(content)} bytes")


@router.message(F.text.startswith("/"))
async def unknown(message: Message) -> None:
    await message.answer("I do not know that command.")


@router.message(F.text)
async def echo(message: Message) -> None:
    await message.reply(f"You said: {message.text}")


async def main() -> None:
    api = TelegramAPIServer.from_base(os.environ["BOT_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=api))
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    await bot.set_my_commands(
        [
            BotCommand(command="start", description="Say hello"),
            BotCommand(command="order", description="Order something"),
        ]
    )
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
