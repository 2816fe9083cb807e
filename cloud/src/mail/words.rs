//! What mails say, in English and German: plain, short, what happened and then what to do (look.md, Words).
//!
//! Mail to an address that nobody has verified yet quotes nothing, and names nobody but a company, as whoever runs the
//! service registered it: else a stranger could have us send their words to anyone.

use super::Letter;
use porchlight_protocol::session::Language;

/// Subject and text of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) text: String,
}

/// As accounts and mails keep it.
pub(crate) fn language_to_row(language: Language) -> &'static str {
    match language {
        Language::German => "de",
        Language::English | Language::Unknown => "en",
    }
}

/// Reads what [`language_to_row`] wrote.
pub(crate) fn language_from_row(row: &str) -> Language {
    if row == "de" { Language::German } else { Language::English }
}

/// The letter in this language.
pub(super) fn say(letter: &Letter, language: Language) -> Words {
    match language {
        Language::German => in_german(letter),
        Language::English | Language::Unknown => in_english(letter),
    }
}

fn words(subject: &str, paragraphs: &[&str]) -> Words {
    Words { subject: subject.to_owned(), text: paragraphs.join("\n\n") + "\n" }
}

fn in_english(letter: &Letter) -> Words {
    match letter {
        Letter::VerificationCode { code } => words(
            "Your code for Porchlight",
            &[
                &format!("Enter this code in the app: {code}"),
                "It works for 10 minutes. Nobody from Porchlight will ask you for it.",
                "If you did not register, you need not do anything: without the code there is no account.",
            ],
        ),
        Letter::AddressHasAccount => words(
            "You already have a Porchlight account",
            &[
                "Somebody, perhaps you, tried to register with this address. It has an account already, and nothing \
                 about it has changed.",
                "If it was you, sign in with the password you have. If it was not, you need not do anything.",
            ],
        ),
        Letter::ResetCode { code } => words(
            "Your code for a new password",
            &[
                &format!("Enter this code on the page that asked for it: {code}"),
                "It works for 10 minutes. Nobody from Porchlight will ask you for it.",
                "If you did not ask for a new password, you need not do anything: without the code nothing changes.",
            ],
        ),
        Letter::PasswordChanged => words(
            "Your password was changed",
            &[
                "Your account has a new password. You were signed out everywhere; sign in with it.",
                "If that was not you, somebody reads your mail. Change the password of your mailbox, and then choose \
                 a new one for Porchlight.",
            ],
        ),
        Letter::PasswordTaken => words(
            "Choose a new password",
            &[
                "We have ended the password of your account and signed you out everywhere. Nothing else changed.",
                "Choose a new one: in the app or the portal, go to Sign in, then to \"Forgot your password?\".",
            ],
        ),
        Letter::SessionEnded => words(
            "We signed one of your phones out",
            &[
                "An old key of one of your sign-ins was used again. That happens when a phone is restored from a \
                 backup, and also when somebody copied it. To be safe we ended that sign-in.",
                "Sign in again on your phone. If another phone than yours was signed in to your account, change your \
                 password.",
            ],
        ),
        Letter::CustomerAdded { company } => words(
            "Somebody wants to look after your home",
            &[
                &format!(
                    "{company} has put you on its list of customers, and may be preparing devices for you."
                ),
                "Sign in to Porchlight with this address, or register with it, to see what was added and to say yes \
                 or no.",
                "If you do not know the company, say no, or do nothing: it sees nothing of yours.",
            ],
        ),
        Letter::AccessAsked { person, company, .. } => words(
            "Somebody asks to work in your account",
            &[
                &format!("{person} of {company} asks to work in your Porchlight account."),
                "Open the app or the portal to see what for and until when, and to say yes or no.",
                "Without your yes nothing happens. The request ends by itself after three days.",
            ],
        ),
        Letter::DelegationCopied { company } => words(
            "We ended an installer's session",
            &[
                &format!(
                    "An installer of {company} was working in a customer's account, and their link or their sign-in \
                     there was used on a second phone. To be safe we ended that session."
                ),
                "If you are the customer, you can end the company's access in the app or the portal. If you are the \
                 installer, make a new link on your own phone.",
            ],
        ),
        Letter::DeviceTried { device, site, knew_password } => words(
            "Somebody tried to add your device",
            &[
                &format!("Somebody tried to add {device} at {site} to another account."),
                if *knew_password {
                    "They know its password. If you do not know who it was, change it at the device."
                } else {
                    "They did not know its password. The device rests after a few wrong ones."
                },
                "Nothing has changed: it is yours until you remove it. If you have sold or lent it, remove it in the \
                 app.",
            ],
        ),
    }
}

fn in_german(letter: &Letter) -> Words {
    match letter {
        Letter::VerificationCode { code } => words(
            "Dein Code für Porchlight",
            &[
                &format!("Gib diesen Code in der App ein: {code}"),
                "Er gilt 10 Minuten. Niemand von Porchlight fragt dich danach.",
                "Wenn du dich nicht registriert hast, musst du nichts tun: Ohne den Code entsteht kein Konto.",
            ],
        ),
        Letter::AddressHasAccount => words(
            "Du hast schon ein Konto bei Porchlight",
            &[
                "Jemand, vielleicht du selbst, wollte sich mit dieser Adresse registrieren. Sie hat schon ein Konto, \
                 und daran hat sich nichts geändert.",
                "Wenn du es warst, melde dich mit deinem Passwort an. Wenn nicht, musst du nichts tun.",
            ],
        ),
        Letter::ResetCode { code } => words(
            "Dein Code für ein neues Passwort",
            &[
                &format!("Gib diesen Code auf der Seite ein, die danach gefragt hat: {code}"),
                "Er gilt 10 Minuten. Niemand von Porchlight wird dich danach fragen.",
                "Wenn du kein neues Passwort wolltest, musst du nichts tun: Ohne den Code ändert sich nichts.",
            ],
        ),
        Letter::PasswordChanged => words(
            "Dein Passwort wurde geändert",
            &[
                "Dein Konto hat ein neues Passwort. Du wurdest überall abgemeldet; melde dich damit an.",
                "Wenn du das nicht warst, liest jemand deine E-Mails. Ändere das Passwort deines Postfachs, und wähle \
                 dann ein neues für Porchlight.",
            ],
        ),
        Letter::PasswordTaken => words(
            "Wähle ein neues Passwort",
            &[
                "Wir haben das Passwort deines Kontos ungültig gemacht und dich überall abgemeldet. Sonst hat sich \
                 nichts geändert.",
                "Wähle ein neues: in der App oder im Portal unter Anmelden, dann \"Passwort vergessen?\".",
            ],
        ),
        Letter::SessionEnded => words(
            "Wir haben eines deiner Telefone abgemeldet",
            &[
                "Ein alter Schlüssel einer deiner Anmeldungen wurde noch einmal benutzt. Das geschieht, wenn ein \
                 Telefon aus einer Sicherung wiederhergestellt wird, aber auch, wenn jemand ihn kopiert hat. \
                 Vorsichtshalber haben wir diese Anmeldung beendet.",
                "Melde dich auf deinem Telefon neu an. War ein fremdes Telefon in deinem Konto angemeldet, ändere dein \
                 Passwort.",
            ],
        ),
        Letter::CustomerAdded { company } => words(
            "Jemand möchte sich um dein Zuhause kümmern",
            &[
                &format!("{company} führt dich als Kunden und bereitet vielleicht Geräte für dich vor."),
                "Melde dich mit dieser Adresse bei Porchlight an, oder registriere dich damit. Dann siehst du, was \
                 hinzugefügt wurde, und sagst Ja oder Nein.",
                "Wenn du die Firma nicht kennst, sag Nein oder tu nichts: Sie sieht nichts von dir.",
            ],
        ),
        Letter::AccessAsked { person, company, .. } => words(
            "Jemand möchte in deinem Konto arbeiten",
            &[
                &format!("{person} von {company} möchte in deinem Konto bei Porchlight arbeiten."),
                "In der App oder im Portal siehst du, wofür und bis wann, und sagst Ja oder Nein.",
                "Ohne dein Ja geschieht nichts. Nach drei Tagen endet die Anfrage von selbst.",
            ],
        ),
        Letter::DelegationCopied { company } => words(
            "Wir haben die Sitzung eines Installateurs beendet",
            &[
                &format!(
                    "Jemand von {company} hat im Konto eines Kunden gearbeitet, und der Link oder die Anmeldung dort \
                     wurde auf einem zweiten Telefon benutzt. Vorsichtshalber haben wir diese Sitzung beendet."
                ),
                "Wenn du der Kunde bist, kannst du den Zugang der Firma in der App oder im Portal beenden. Wenn du der \
                 Installateur bist, erstelle auf deinem eigenen Telefon einen neuen Link.",
            ],
        ),
        Letter::DeviceTried { device, site, knew_password } => words(
            "Jemand wollte dein Gerät hinzufügen",
            &[
                &format!("Jemand wollte {device} ({site}) zu einem anderen Konto hinzufügen."),
                if *knew_password {
                    "Das Passwort des Geräts war dabei bekannt. Wenn du nicht weißt, wer das war, ändere es am Gerät."
                } else {
                    "Das Passwort des Geräts war dabei nicht bekannt. Nach einigen falschen ruht das Gerät."
                },
                "Es hat sich nichts geändert: Das Gerät gehört dir, bis du es entfernst. Wenn du es verkauft oder \
                 verliehen hast, entferne es in der App.",
            ],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_letter() -> [Letter; 10] {
        [
            Letter::VerificationCode { code: "12345678".into() },
            Letter::ResetCode { code: "87654321".into() },
            Letter::AddressHasAccount,
            Letter::PasswordChanged,
            Letter::PasswordTaken,
            Letter::SessionEnded,
            Letter::CustomerAdded { company: "Bright Solar".into() },
            Letter::AccessAsked { person: "Ana Ruiz".into(), company: "Bright Solar".into(), request: None },
            Letter::DelegationCopied { company: "Bright Solar".into() },
            Letter::DeviceTried { device: "Gate".into(), site: "Lake house".into(), knew_password: true },
        ]
    }

    #[test]
    fn every_letter_says_its_own_in_each_language() {
        let mut subjects = std::collections::HashSet::new();
        for letter in every_letter() {
            for language in [Language::English, Language::German] {
                let words = say(&letter, language);
                assert!(subjects.insert(words.subject.clone()), "{} is said twice", words.subject);
                assert!(!words.text.contains('!') && !words.text.contains("  "), "{}", words.text);
            }
        }
    }

    #[test]
    fn what_a_letter_names_stands_in_its_text() {
        for language in [Language::English, Language::German] {
            let [code, reset, _, _, _, _, added, asked, copied, tried] =
                every_letter().map(|letter| say(&letter, language).text);
            assert!(code.contains("12345678") && reset.contains("87654321"));
            assert!([&added, &asked, &copied].iter().all(|text| text.contains("Bright Solar")));
            assert!(asked.contains("Ana Ruiz"));
            assert!(tried.contains("Gate") && tried.contains("Lake house"));
        }
    }
}
