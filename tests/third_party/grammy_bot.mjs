// The bot of these tests in grammY. It knows nothing of Adjutant.

import { Bot, InlineKeyboard, InputFile, session } from "grammy";

const { BOT_API_URL: url, BOT_TOKEN: token } = process.env;
const bot = new Bot(token, { client: { apiRoot: url } });

bot.use(session({ initial: () => ({ step: "idle", what: "" }) }));

bot.command("start", (ctx) => ctx.reply(`Hello, ${ctx.from.first_name}!`));

bot.command("order", async (ctx) => {
  ctx.session.step = "choosing";
  await ctx.reply("What shall it be?");
});

bot.on("::bot_command", (ctx) => ctx.reply("I do not know that command."));

bot.on("message:text").filter((ctx) => ctx.session.step === "choosing", async (ctx) => {
  ctx.session = { step: "counting", what: ctx.msg.text };
  await ctx.reply("How many?");
});

bot.on("message:text").filter((ctx) => ctx.session.step === "counting", async (ctx) => {
  if (!/^\d+$/.test(ctx.msg.text)) return ctx.reply("Please send a number.");
  const keyboard = new InlineKeyboard().text("Confirm", "confirm").text("Cancel", "cancel");
  await ctx.reply(`${ctx.msg.text} × ${ctx.session.what}?`, { reply_markup: keyboard });
  ctx.session = { step: "idle", what: "" };
});

bot.callbackQuery(["confirm", "cancel"], async (ctx) => {
  await ctx.answerCallbackQuery({ text: "Thank you!" });
  const outcome = ctx.callbackQuery.data === "confirm" ? "Ordered" : "Cancelled";
  await ctx.editMessageText(`${outcome}: ${ctx.msg.text.replace(/\?$/, "")}`);
});

bot.on("message:document", async (ctx) => {
  const file = await ctx.getFile();
  const answer = await fetch(`${url}/file/bot${token}/${file.file_path}`);
  const content = new Uint8Array(await answer.arrayBuffer());
  const copy = new InputFile(content, `copy of ${ctx.msg.document.file_name}`);
  await ctx.replyWithDocument(copy, { caption: `${content.length} bytes` });
});

bot.on("message:text", (ctx) =>
  ctx.reply(`You said: ${ctx.msg.text}`, { reply_parameters: { message_id: ctx.msg.message_id } }),
);

process.once("SIGINT", () => bot.stop());
process.once("SIGTERM", () => bot.stop());

await bot.api.setMyCommands([
  { command: "start", description: "Say hello" },
  { command: "order", description: "Order something" },
]);
await bot.start();
