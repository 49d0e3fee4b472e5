"""The bot of these tests in python-telegram-bot. It knows nothing of Adjutant."""

import io
import os

from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

CHOOSING, COUNTING = range(2)
Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    await update.message.reply_text(f"Hello, {update.effective_user.first_name}!")


async def order(update: Update, context: Context) -> int:
    await update.message.reply_text("What shall it be?")
    return CHOOSING


async def choose(update: Update, context: Context) -> int:
    context.user_data["what"] = update.message.text
    await update.message.reply_text("How many?")
    return COUNTING


async def count(update: Update, context: Context) -> int:
    if not update.message.text.isdecimal():
        await update.message.reply_text("Please send a number.")
        return COUNTING
    buttons = [InlineKeyboardButton(label, callback_data=label) for label in ("Confirm", "Cancel")]
    await update.message.reply_text(
        f"{update.message.text} × {context.user_data.pop('what')}?",
        reply_markup=InlineKeyboardMarkup([buttons]),
    )
    return ConversationHandler.END


async def confirm(update: Update, context: Context) -> None:
    query = update.callback_query
    await query.answer("Thank you!")
    outcome = "Ordered" if query.data == "Confirm" else "Cancelled"
    await query.edit_message_text(f"{outcome}: {query.message.text.removesuffix('?')}")


async def send_back(update: Update, context: Context) -> None:
    document = update.message.document
    file = await document.get_file()
    content = bytes(await file.download_as_bytearray())
    await update.message.reply_document(
        io.BytesIO(content), filename=f"copy of {document.file_name}", caption=f"{len(content)} bytes"
    )


async def unknown(update: Update, context: Context) -> None:
    await update.message.reply_text("I do not know that command.")


async def echo(update: Update, context: Context) -> None:
    await update.message.reply_text(f"You said: {update.message.text}", do_quote=True)


async def set_commands(application: Application) -> None:
    commands = [BotCommand("start", "Say hello"), BotCommand("order", "Order something")]
    await application.bot.set_my_commands(commands)


def main() -> None:
    url = os.environ["BOT_API_URL"]
    builder = ApplicationBuilder().token(os.environ["BOT_TOKEN"]).post_init(set_commands)
    application = builder.base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    text = filters.TEXT & ~filters.COMMAND
    conversation = ConversationHandler(
        entry_points=[CommandHandler("order", order)],
        states={CHOOSING: [MessageHandler(text, choose)], COUNTING: [MessageHandler(text, count)]},
        fallbacks=[],
    )
    application.add_handler(CommandHandler("start", start))
    application.add_handler(conversation)
    application.add_handler(CallbackQueryHandler(confirm))
    application.add_handler(MessageHandler(filters.Document.ALL, send_back))
    application.add_handler(MessageHandler(filters.COMMAND, unknown))
    application.add_handler(MessageHandler(text, echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
