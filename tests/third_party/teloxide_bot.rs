//! The bot of these tests in teloxide: commands, a dialogue, an inline keyboard, files. It knows nothing of Adjutant.

#![allow(missing_docs)]

use teloxide::dispatching::dialogue::InMemStorage;
use teloxide::dispatching::{UpdateHandler, dialogue};
use teloxide::net::Download;
use teloxide::prelude::*;
use teloxide::types::{Document, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, ReplyParameters};
use teloxide::utils::command::BotCommands;

type Order = Dialogue<State, InMemStorage<State>>;
type Done = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[derive(Clone, Default)]
enum State {
    #[default]
    Idle,
    Choosing,
    Counting {
        what: String,
    },
}

#[derive(BotCommands, Clone)]
#[command(rename_rule = "lowercase")]
enum Command {
    /// Say hello
    Start,
    /// Order something
    Order,
}

#[tokio::main]
async fn main() -> Done {
    // The base URL is in TELOXIDE_API_URL, the token in TELOXIDE_TOKEN.
    let bot = Bot::from_env();
    bot.set_my_commands(Command::bot_commands()).await?;
    Dispatcher::builder(bot, schema())
        .dependencies(dptree::deps![InMemStorage::<State>::new()])
        .enable_ctrlc_handler()
        .build()
        .dispatch()
        .await;
    Ok(())
}

fn schema() -> UpdateHandler<Box<dyn std::error::Error + Send + Sync>> {
    use dptree::case;

    let commands = teloxide::filter_command::<Command, _>()
        .branch(case![Command::Start].endpoint(start))
        .branch(case![Command::Order].endpoint(order));
    let is_command = |message: Message| message.text().is_some_and(|text| text.starts_with('/'));
    let messages = Update::filter_message()
        .branch(commands)
        .branch(Message::filter_document().endpoint(send_back))
        .branch(dptree::filter(is_command).endpoint(unknown))
        .branch(case![State::Choosing].endpoint(choose))
        .branch(case![State::Counting { what }].endpoint(count))
        .branch(Message::filter_text().endpoint(echo));
    dialogue::enter::<Update, InMemStorage<State>, State, _>()
        .branch(messages)
        .branch(Update::filter_callback_query().endpoint(confirm))
}

async fn start(bot: Bot, message: Message) -> Done {
    let name = message.from.map(|user| user.first_name).unwrap_or_default();
    bot.send_message(message.chat.id, format!("Hello, {name}!")).await?;
    Ok(())
}

async fn order(bot: Bot, order: Order, message: Message) -> Done {
    bot.send_message(message.chat.id, "What shall it be?").await?;
    order.update(State::Choosing).await?;
    Ok(())
}

async fn choose(bot: Bot, order: Order, message: Message) -> Done {
    let Some(what) = message.text() else { return Ok(()) };
    bot.send_message(message.chat.id, "How many?").await?;
    order.update(State::Counting { what: what.to_owned() }).await?;
    Ok(())
}

async fn count(bot: Bot, order: Order, what: String, message: Message) -> Done {
    let Some(count) = message.text().and_then(|text| text.parse::<u32>().ok()) else {
        bot.send_message(message.chat.id, "Please send a number.").await?;
        return Ok(());
    };
    let buttons = ["Confirm", "Cancel"].map(|label| InlineKeyboardButton::callback(label, label));
    bot.send_message(message.chat.id, format!("{count} × {what}?"))
        .reply_markup(InlineKeyboardMarkup::new([buttons]))
        .await?;
    order.exit().await?;
    Ok(())
}

async fn confirm(bot: Bot, query: CallbackQuery) -> Done {
    bot.answer_callback_query(query.id.clone()).text("Thank you!").await?;
    if let Some(message) = query.regular_message() {
        let asked = message.text().unwrap_or_default().trim_end_matches('?');
        let outcome = if query.data.as_deref() == Some("Confirm") { "Ordered" } else { "Cancelled" };
        bot.edit_message_text(message.chat.id, message.id, format!("{outcome}: {asked}")).await?;
    }
    Ok(())
}

async fn send_back(bot: Bot, message: Message, document: Document) -> Done {
    let file = bot.get_file(document.file.id).await?;
    let mut bytes = Vec::new();
    bot.download_file(&file.path, &mut bytes).await?;
    let caption = format!("{} bytes", bytes.len());
    let name = format!("copy of {}", document.file_name.unwrap_or_default());
    bot.send_document(message.chat.id, InputFile::memory(bytes).file_name(name)).caption(caption).await?;
    Ok(())
}

async fn unknown(bot: Bot, message: Message) -> Done {
    bot.send_message(message.chat.id, "I do not know that command.").await?;
    Ok(())
}

async fn echo(bot: Bot, message: Message, text: String) -> Done {
    let mut request = bot
        .send_message(message.chat.id, format!("You said: {text}"))
        .reply_parameters(ReplyParameters::new(message.id));
    request.message_thread_id = message.thread_id.filter(|_| message.is_topic_message);
    request.await?;
    Ok(())
}
