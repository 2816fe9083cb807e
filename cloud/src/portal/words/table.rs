//! The table itself: name, English, German.

macro_rules! words {
    ($($name:ident: $english:literal, $german:literal;)+) => {
        /// All texts in one language.
        #[derive(Debug)]
        pub(crate) struct Words {
            $(#[doc = concat!("English: ", $english)] pub(crate) $name: &'static str,)+
        }

        /// In English.
        pub(crate) static ENGLISH: Words = Words { $($name: $english,)+ };

        /// In German.
        pub(crate) static GERMAN: Words = Words { $($name: $german,)+ };

        /// Every row.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $english, $german),)+];
    };
}

words! {
    code: "en", "de";
    app_name: "Porchlight", "Porchlight";
    months: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.";
    day_and_time: "{day} {month} {year}, {time}", "{day}. {month} {year}, {time}";
    one_hour: "1 hour", "1 Stunde";
    hours: "{count} hours", "{count} Stunden";
    one_day: "1 day", "1 Tag";
    days: "{count} days", "{count} Tage";

    // Around every page.
    skip: "Skip to the content", "Zum Inhalt springen";
    navigation: "Parts of the portal", "Teile des Portals";
    tab_home: "Home", "Start";
    tab_devices: "Devices", "Geräte";
    access_title: "Access", "Zugang";
    customers_title: "Customers", "Kunden";
    tab_more: "More", "Mehr";
    times_in: "Times are in {zone}.", "Zeiten gelten in {zone}.";
    back: "Back", "Zurück";
    cancel: "Cancel", "Abbrechen";
    save: "Save", "Sichern";
    devices_more: "Show more", "Mehr zeigen";
    details: "Details", "Details";

    // Signing in.
    sign_in_title: "Sign in", "Anmelden";
    field_email: "Email", "E-Mail";
    field_password: "Password", "Passwort";
    sign_in_new: "New here? Make your account in the app on your phone.",
        "Neu hier? Lege dein Konto in der App auf deinem Telefon an.";
    password_forgot: "Forgot your password?", "Passwort vergessen?";
    password_change: "Change your password", "Passwort ändern";
    password_title: "A new password", "Ein neues Passwort";
    password_ask: "We mail a code to your address. With it you choose a new password.",
        "Wir schicken einen Code an deine Adresse. Damit wählst du ein neues Passwort.";
    password_send: "Send the code", "Code schicken";
    password_sent: "If the address has an account, a code is on its way there. It works for 10 minutes.",
        "Wenn die Adresse ein Konto hat, ist ein Code dorthin unterwegs. Er gilt 10 Minuten.";
    field_code: "Code from the mail", "Code aus der Mail";
    field_new_password: "New password", "Neues Passwort";
    password_hint: "At least 8 characters. A few words are easy to remember.",
        "Mindestens 8 Zeichen. Ein paar Wörter merken sich leicht.";
    password_ends: "It signs you out everywhere, also where you work in somebody else's account.",
        "Du wirst damit überall abgemeldet, auch dort, wo du in einem fremden Konto arbeitest.";
    password_set: "Set the password", "Passwort setzen";
    password_again: "Ask for a new code", "Neuen Code anfordern";
    settings_sign_out: "Sign out", "Abmelden";

    // Home and devices.
    home_section: "Section: {section}", "Bereich: {section}";
    home_site: "Location: {site}", "Ort: {site}";
    home_all_sites: "All locations", "Alle Orte";
    home_empty_title: "Your first location", "Dein erster Ort";
    home_empty_body: "Devices belong to a location: your house, the office, the boat. Make one, then add a device.",
        "Geräte gehören zu einem Ort: dein Haus, das Büro, das Boot. Lege einen an, dann füge ein Gerät hinzu.";
    section_video: "Video", "Video";
    section_access: "Access", "Zutritt";
    section_alarm: "Alarm", "Alarm";
    section_energy: "Energy", "Energie";
    section_sensor: "Sensors", "Sensoren";
    section_unknown: "Other", "Andere";
    section_all: "All sections", "Alle Bereiche";
    devices_none: "No devices here yet. You add one with the app, on the spot.",
        "Hier sind noch keine Geräte. Du fügst sie vor Ort mit der App hinzu.";
    device_online: "Online", "Online";
    device_online_since: "Online since {time}", "Online seit {time}";
    device_offline: "Not connected yet", "Noch nicht verbunden";
    device_offline_since: "Offline since {time}", "Offline seit {time}";
    device_model: "Model", "Modell";
    device_site: "Location", "Ort";
    device_serial_number: "Serial number", "Seriennummer";
    field_time_zone: "Time zone", "Zeitzone";
    field_device_name: "Name", "Name";
    device_rename: "Rename", "Umbenennen";
    device_remove: "Remove device", "Gerät entfernen";
    device_remove_title: "Remove {name}?", "{name} entfernen?";
    device_remove_body: "It leaves your list. Whoever has its password can add it to another account.",
        "Es verschwindet aus deiner Liste. Wer sein Passwort hat, kann es einem anderen Konto hinzufügen.";

    // Sites.
    sites_title: "Locations", "Orte";
    home_make_site: "New location", "Neuer Ort";
    new_site_action: "Create location", "Ort anlegen";
    field_site_name: "Name of the location", "Name des Ortes";
    field_site_address: "Address", "Adresse";

    // Who one is.
    signed_in_as: "Signed in as", "Angemeldet als";
    sessions_title: "Where you are signed in", "Wo du angemeldet bist";
    session_app: "App on a phone", "App auf einem Telefon";
    session_browser: "Browser", "Browser";
    session_this: "This browser", "Dieser Browser";
    session_used: "Used {time}, since {since}", "Benutzt {time}, seit {since}";
    session_end: "Sign this one out", "Hier abmelden";
    history_title: "Who did what", "Wer was getan hat";

    // Being asked for access.
    requests_title: "Waiting for your answer", "Wartet auf deine Antwort";
    request_title: "{person} of {company} asks to work in your account",
        "{person} von {company} möchte in deinem Konto arbeiten";
    request_scope: "On what", "Woran";
    request_may: "What for", "Wofür";
    request_until: "How long", "Wie lange";
    request_why: "Why", "Warum";
    request_until_if_now: "{length}: until {time} if you say yes now", "{length}: bis {time}, wenn du jetzt zustimmst";
    request_answer_by: "It waits for your answer until {time}.", "Die Anfrage wartet bis {time} auf deine Antwort.";
    scope_account: "Your whole account", "Dein ganzes Konto";
    scope_account_of: "The whole account", "Das ganze Konto";
    scope_site: "{name}, with all its devices", "{name} mit allen Geräten";
    scope_device: "The device {name}", "Das Gerät {name}";
    scope_gone: "Something that is not there any more", "Etwas, das nicht mehr da ist";
    may_site_read: "See locations and devices", "Orte und Geräte sehen";
    may_site_create: "Make a location", "Einen Ort anlegen";
    may_site_change: "Rename a location", "Einen Ort umbenennen";
    may_device_add: "Add devices", "Geräte hinzufügen";
    may_device_change: "Rename devices", "Geräte umbenennen";
    may_video_watch: "Watch live pictures and recordings", "Livebilder und Aufnahmen ansehen";
    may_unknown: "Something that this version does not know", "Etwas, das diese Version nicht kennt";
    consent_how_long: "For how long?", "Für wie lange?";
    consent_as_asked: "As asked: {length}", "Wie gewünscht: {length}";
    consent_only: "Only for {length}", "Nur für {length}";
    consent: "Consent", "Zustimmen";
    decline: "Decline", "Ablehnen";
    decline_block: "Take no more requests from {company}", "Keine Anfragen von {company} mehr annehmen";
    offer_title: "{company} says that you are their customer", "{company} sagt, dass du dort Kunde bist";
    offer_body: "If you say yes, they can ask you for access. They get none by it.",
        "Wenn du zustimmst, kann diese Firma dich um Zugang bitten. Sie bekommt damit noch keinen.";
    offer_added: "They added this for you:", "Sie hat für dich hinzugefügt:";
    offer_site: "The location {name}", "Der Ort {name}";
    offer_accept: "Yes, I am", "Ja, das stimmt";
    offer_keep: "Yes, and keep what they added", "Ja, und behalten, was hinzugefügt wurde";
    offer_let_go: "Yes, but without what they added", "Ja, aber ohne das Hinzugefügte";
    offer_refuse: "No", "Nein";

    // Access that is in force.
    grants_title: "Who has access now", "Wer jetzt Zugang hat";
    grants_none: "Nobody but you.", "Niemand außer dir.";
    grant_of: "{person} of {company}", "{person} von {company}";
    grant_working: "{person} of {company} may work in your account until {time}",
        "{person} von {company} darf bis {time} in deinem Konto arbeiten";
    grant_end: "End access now", "Zugang jetzt beenden";
    grants_over: "Access that is over", "Zugang, der vorbei ist";
    grant_until: "until {time}", "bis {time}";
    grant_expired: "Its time was over at {time}.", "Die Zeit war um {time} vorbei.";
    grant_revoked: "You ended it at {time}.", "Du hast ihn um {time} beendet.";
    grant_released: "It was given back at {time}.", "Er wurde um {time} zurückgegeben.";
    grant_over: "It ended at {time}.", "Er endete um {time}.";

    blocked_title: "Companies you take no requests from", "Firmen, von denen du keine Anfragen annimmst";
    blocked_since: "since {time}", "seit {time}";
    blocked_end: "Take requests again", "Anfragen wieder annehmen";

    // What was done.
    history_who: "{person} of {company}", "{person} von {company}";
    history_you: "You", "Du";
    history_service: "Porchlight", "Porchlight";
    history_none: "Nothing yet.", "Noch nichts.";
    act_after_who: " ", ": ";
    act_site_made: "made the location {name}", "Ort {name} angelegt";
    act_site_changed: "changed the location {name}", "Ort {name} geändert";
    act_device_added: "added the device {name}", "Gerät {name} hinzugefügt";
    act_device_renamed: "renamed the device {name}", "Gerät {name} umbenannt";
    act_device_moved: "moved the device {name} to another location", "Gerät {name} an einen anderen Ort verlegt";
    act_device_released: "removed the device {name}", "Gerät {name} entfernt";
    act_device_tried: "noted that somebody tried to add your device {name}",
        "jemand wollte dein Gerät {name} hinzufügen";
    act_access_asked: "asked for access", "um Zugang gebeten";
    act_access_withdrawn: "took the request for access back", "Bitte um Zugang zurückgezogen";
    act_access_expired: "ended a request for access that nobody answered",
        "unbeantwortete Bitte um Zugang beendet";
    act_access_granted: "granted access", "Zugang gewährt";
    act_access_declined: "declined a request for access", "Bitte um Zugang abgelehnt";
    act_access_blocked: "stopped requests of a company", "Anfragen einer Firma gestoppt";
    act_access_unblocked: "allowed requests of a company again", "Anfragen einer Firma wieder zugelassen";
    act_access_ended: "ended access", "Zugang beendet";
    act_access_withdrawn_of: "took back the request of {whom}", "Bitte von {whom} zurückgezogen";
    act_access_expired_of: "ended the request of {whom}, which nobody answered",
        "unbeantwortete Bitte von {whom} beendet";
    act_access_granted_to: "granted access to {whom}", "Zugang für {whom} gewährt";
    act_access_declined_of: "declined a request of {whom}", "Bitte von {whom} abgelehnt";
    act_access_blocked_of: "stopped requests of {whom}", "Anfragen von {whom} gestoppt";
    act_access_unblocked_of: "allowed requests of {whom} again", "Anfragen von {whom} wieder zugelassen";
    act_access_ended_of: "ended the access of {whom}", "Zugang von {whom} beendet";
    act_session_ended_of: "signed {whom} out", "{whom} abgemeldet";
    act_session_ended_here: "signed one of your phones out", "eines deiner Telefone abgemeldet";
    act_nameless: "(name erased)", "(Name gelöscht)";
    act_session_began: "signed in", "angemeldet";
    act_session_ended: "signed out", "abgemeldet";
    act_account_made: "made the account", "Konto angelegt";
    act_account_disabled: "disabled the account", "Konto gesperrt";
    act_account_enabled: "enabled the account", "Konto entsperrt";
    act_password_changed: "chose a new password", "neues Passwort gewählt";
    act_password_taken: "ended the password of the account", "Passwort des Kontos ungültig gemacht";
    act_customer_added: "added a customer", "einen Kunden hinzugefügt";
    act_customer_confirmed: "became a customer", "Kunde geworden";
    act_customer_refused: "did not become a customer", "nicht Kunde geworden";
    act_membership_began: "gave you a role in a company", "dir eine Rolle in einer Firma gegeben";
    act_membership_ended: "ended your role in a company", "deine Rolle in einer Firma beendet";
    act_membership_began_at: "gave you a role at {whom}", "dir bei {whom} eine Rolle gegeben";
    act_membership_ended_at: "ended your role at {whom}", "deine Rolle bei {whom} beendet";
    act_other: "did something that this version has no words for ({what})",
        "etwas, wofür diese Version keine Worte hat ({what})";

    // A partner's customers.
    customers_of: "Customers of {company}", "Kunden von {company}";
    customers_empty_title: "No customers yet", "Noch keine Kunden";
    customers_empty_body: "The people you work for appear here.", "Hier erscheinen die Menschen, für die du arbeitest.";
    customer_add: "Add a customer", "Kunden hinzufügen";
    customer_add_body: "We mail them. Until they answer, for 24 hours, you can add devices for them with the app.",
        "Wir schreiben ihnen. Bis zur Antwort kannst du 24 Stunden lang mit der App Geräte für sie hinzufügen.";
    customer_language: "Language of the mail", "Sprache der E-Mail";
    language_en: "English", "Englisch";
    language_de: "German", "Deutsch";
    field_given_name: "Given name", "Vorname";
    field_family_name: "Family name", "Nachname";
    customer_waiting: "Has not answered yet", "Hat noch nicht geantwortet";
    customer_refused: "Said no", "Hat abgelehnt";
    customer_none: "No authorization", "Keine Berechtigung";
    customer_asked: "Asked, waits for an answer", "Angefragt, wartet auf Antwort";
    customer_authorized: "Authorized until {time}", "Berechtigt bis {time}";
    customer_edit: "Edit", "Bearbeiten";
    customer_edit_of: "Edit {name}", "{name} bearbeiten";
    customer_link: "Link", "Verbinden";
    customer_link_of: "Link to {name}", "Mit {name} verbinden";
    link_body: "Open the partner app on your phone and tap Link beside {name}. It opens the customer app in this account until {time}. A browser cannot do that: the proof that it is you stays in your phone.",
        "Öffne die Partner-App auf deinem Telefon und tippe neben {name} auf Verbinden. Sie öffnet die Kunden-App in diesem Konto bis {time}. Ein Browser kann das nicht: der Nachweis, dass du es bist, bleibt in deinem Telefon.";
    ask_title: "Obtain authorization", "Berechtigung einholen";
    ask_person: "From", "Von";
    ask_scope: "Where?", "Wo?";
    ask_may: "What for?", "Wofür?";
    ask_how_long: "How long?", "Wie lange?";
    ask_days: "Days", "Tage";
    ask_days_hint: "Or a number of days, up to 30.", "Oder eine Zahl von Tagen, höchstens 30.";
    ask_comment: "Why? They read it in your words.", "Warum? Deine Worte werden so gezeigt.";
    ask_send: "Ask", "Anfragen";
    ask_not_yet: "You can ask for authorization once they have confirmed that they are your customer.",
        "Du kannst um Berechtigung bitten, sobald der Kunde bestätigt hat, dass er dein Kunde ist.";
    asked_title: "What you asked for", "Was du angefragt hast";
    request_pending: "Waits for an answer until {time}", "Wartet bis {time} auf Antwort";
    request_consented: "Consented", "Zugestimmt";
    request_declined: "Declined", "Abgelehnt";
    request_expired: "Nobody answered", "Niemand hat geantwortet";
    request_withdrawn: "Taken back", "Zurückgezogen";
    request_withdraw: "Take it back", "Zurückziehen";
    grant_release: "Give access back", "Zugang zurückgeben";
    held_title: "Access that you have and had", "Zugang, den du hast und hattest";
    held_revoked: "They ended it at {time}.", "Er wurde um {time} vom Kunden beendet.";
    held_released: "You gave it back at {time}.", "Du hast ihn um {time} zurückgegeben.";
    grant_acts: "What you did there", "Was du dort getan hast";

    // Links that open the app.
    open_app_title: "Open the app", "Öffne die App";
    open_app_body: "This link is for the Porchlight app on your phone. Install it, then start again in the partner app: a link works once, for a minute.",
        "Dieser Link ist für die Porchlight-App auf deinem Telefon. Installiere sie und beginne in der Partner-App noch einmal: ein Link gilt einmal, eine Minute lang.";
    open_partner_app_title: "Open the partner app", "Öffne die Partner-App";
    open_partner_app_body: "Choose the customer there: it makes a new link. Install the app on this phone if it is not there.",
        "Wähle dort den Kunden: sie erstellt einen neuen Link. Installiere die App auf diesem Telefon, wenn sie fehlt.";

    // What was done just now.
    said_saved: "Saved.", "Gesichert.";
    said_removed: "The device is removed.", "Das Gerät ist entfernt.";
    said_made: "The location is there.", "Der Ort ist angelegt.";
    said_granted: "You consented.", "Du hast zugestimmt.";
    said_declined: "You declined.", "Du hast abgelehnt.";
    said_unblocked: "They can ask you again.", "Diese Firma kann dich wieder fragen.";
    said_ended: "Access has ended.", "Der Zugang ist beendet.";
    said_answered: "Your answer is noted.", "Deine Antwort ist vermerkt.";
    said_asked: "The customer has been asked.", "Der Kunde ist gefragt.";
    said_withdrawn: "The request is taken back.", "Die Anfrage ist zurückgezogen.";
    said_added: "We have written to them.", "Wir haben geschrieben.";
    said_password: "Your new password is set. Sign in with it.", "Dein neues Passwort gilt. Melde dich damit an.";
    said_signed_out: "It is signed out.", "Dort ist abgemeldet.";

    // What went wrong.
    problem_title: "That did not work", "Das hat nicht geklappt";
    problem_home: "Go to the start", "Zum Start";
    problem_not_found: "There is nothing here for your account.", "Hier ist nichts für dein Konto.";
    error_role: "Your role does not allow this.", "Deine Rolle erlaubt das nicht.";
    error_other_site: "This came from another page than ours, so nothing was done.",
        "Das kam nicht von unserer Seite, also wurde nichts getan.";
    error_wrong_credentials: "Email and password do not match an account.", "E-Mail und Passwort passen zu keinem Konto.";
    error_account_disabled: "Your account is disabled. Contact support.",
        "Dein Konto ist gesperrt. Wende dich an den Support.";
    error_reset_over: "This code does not work any more. Ask for a new one.",
        "Dieser Code gilt nicht mehr. Fordere einen neuen an.";
    error_too_often: "Too many tries. Wait a while.", "Zu viele Versuche. Warte eine Weile.";
    error_too_often_until: "Too many tries. Try again after {time}.", "Zu viele Versuche. Versuche es nach {time} noch einmal.";
    problem_changed: "Something changed meanwhile. Look again, then try again.",
        "Inzwischen hat sich etwas geändert. Schau noch einmal hin und versuche es dann wieder.";
    error_request_over: "This request is not waiting for an answer any more.",
        "Diese Anfrage wartet nicht mehr auf eine Antwort.";
    ask_later: "You have asked them for enough. Wait for an answer, take a request back, or ask again after {time}.",
        "Du hast genug angefragt. Warte auf eine Antwort, nimm eine Anfrage zurück oder frage nach {time} wieder.";
    problem_too_large: "That is too long. Use less text.", "Das ist zu lang. Verwende weniger Text.";
    error_requests_refused: "They take no requests from you now.", "Von dir werden dort gerade keine Anfragen angenommen.";
    error_customer_exists: "This address is among your customers already.", "Diese Adresse ist schon unter deinen Kunden.";
    error_unavailable: "Porchlight is busy. Try again in a moment.",
        "Porchlight ist ausgelastet. Versuche es gleich noch einmal.";
    problem_internal: "Something broke here. Try again; if it happens again, tell us the number below.",
        "Hier ist etwas kaputtgegangen. Versuche es noch einmal; wenn es wieder passiert, nenne uns die Nummer unten.";
    report_id: "Report {id}", "Bericht {id}";
    input_email: "This is not an email address.", "Das ist keine E-Mail-Adresse.";
    input_code: "This is not the code. It has eight digits.", "Das ist nicht der Code. Er hat acht Ziffern.";
    input_password: "Use 8 to 128 characters, and not a password that many people use.",
        "Nimm 8 bis 128 Zeichen, und kein Passwort, das viele verwenden.";
    input_name: "Use 1 to 64 visible characters.", "Nimm 1 bis 64 sichtbare Zeichen.";
    input_address: "Use at most 500 visible characters.", "Nimm höchstens 500 sichtbare Zeichen.";
    input_time_zone: "Choose a time zone from the list.", "Wähle eine Zeitzone aus der Liste.";
    input_permissions: "Tick at least one.", "Kreuze mindestens eins an.";
    input_lasts: "Choose 1 hour to 30 days.", "Wähle 1 Stunde bis 30 Tage.";
    input_scope: "Choose what is in the list.", "Wähle etwas aus der Liste.";
    input_other: "This cannot be used here.", "Das kann hier nicht stehen.";
}
