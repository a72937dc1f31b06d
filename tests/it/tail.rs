//! A mail of commands with nothing but its writer's tail below says nothing.

use postdesk::mail::quote::tail::{Habits, Says, ending, says, without};

fn alice() -> Habits {
    Habits::of("Alice Adams", Vec::new())
}

#[test]
fn what_only_ends_a_mail_says_nothing() {
    for tail in [
        "",
        "Kind regards\nAlice",
        "Kind regards,\n\nAlice Adams",
        "Alice",
        "A. Adams",
        "Thanks,\nAlice",
        "Thanks, Alice",
        "Thank you in advance",
        "MfG\nAlice",
        "VG",
        "Cheers",
        "Mit freundlichen Grüßen aus Hamburg\nAlice Adams",
        "Mit freundlichen Grüßen\n\ni.A. Alice Adams\nBeispiel GmbH | Kundendienst\nTel. 030 1234\nGeschäftsführer: X Y, AG Berlin HRB 1",
        "________________________________\nAlice Adams | Example Ltd | www.example.test",
        "***\nAlice Adams",
        "---\nAlice Adams\nHead of Support\nExample Ltd.\n12 High Street, Leeds LS1 4AB\n+44 113 496 0000",
        "CONFIDENTIALITY NOTICE: The contents of this email message are confidential.",
        "This e-mail is confidential.",
        "This message and any attachments are intended only for the addressee. If you are not the \
         intended recipient, please notify the sender immediately and delete it.",
        "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.",
        "Best regards,\nAlice\n\nPlease consider the environment before printing this e-mail.",
        "This email has been checked for viruses by AVG antivirus software.\nwww.avg.com",
        "[CAUTION: External sender]",
        "Cordialement,\nAlice Adams\nService clients\nTél. : 01 23 45 67 89",
        "Saludos\nAlice Adams\nAtención al cliente",
        "Cordiali saluti\nAlice Adams",
        "Met vriendelijke groet,\nAlice Adams",
        "Pozdrawiam serdecznie\nAlice Adams",
        "С уважением,\nAlice Adams",
        "よろしくお願いいたします。",
        "谢谢\nAlice",
        "[image: logo.png]\nAlice Adams",
        "alice@desk.test\nhttps://example.test",
        "Tel: +49 30 123456 | Fax: +49 30 123457",
        "--\nAlice",
        "Best,\nA",
    ] {
        assert_eq!(says(tail, &alice()), Says::Nothing, "{tail}");
    }
}

#[test]
fn words_are_words_whatever_stands_below() {
    for text in [
        "We have fixed it.\n\nKind regards\nAlice",
        "Hello Carol,\nfixed.\nAlice",
        "Please restart the printer, then it works",
        "Yes.",
        "Is it the one on the second floor?",
        "Thanks for your patience, we have fixed it.",
        "Your order 12345 ships on Monday",
        "Kind regards\nAlice\n\nPS: the invoice follows tomorrow.",
        "Kind regards\nAlice\n\nWe will send the invoice tomorrow.",
        "Best solution is to restart it",
        "Your data is confidential and stays with us.",
        "Das Paket ist unterwegs und kommt morgen an",
        "请重新启动打印机然后再试一次。",
        "Alice will call you on Monday",
        "The bank account is DE02 1203 0000 0000 2020 51, please use it",
    ] {
        assert_eq!(says(text, &alice()), Says::Words, "{text}");
    }
}

#[test]
fn thanks_alone_are_words_of_their_own() {
    for text in ["Thank you both.", "Thanks!", "Thanks!\nAlice", "Thank you Carol", "Vielen Dank!"]
    {
        assert_eq!(says(text, &alice()), Says::Thanks, "{text}");
    }
}

#[test]
fn a_few_words_may_be_a_name() {
    for text in ["Customer Support", "done", "fixed now", "客服部", "Bob Brown"] {
        assert_eq!(says(text, &alice()), Says::Unsure, "{text}");
    }
}

#[test]
fn an_end_that_stood_below_other_words_three_times_is_a_tail() {
    let line = "Have you tried our new app yet, dear friends of the house?";
    assert_eq!(says(line, &alice()), Says::Words);
    let mails = ["It works now.", "Call me.", "Sent today."]
        .map(|words| ending(&format!("{words}\n\n{line}")));
    let habits = Habits::of("Alice Adams", mails.to_vec());
    assert_eq!(says(line, &habits), Says::Nothing);
    assert_eq!(
        without(&format!("Fixed it for you.\n\n{line}"), &habits).trim(),
        "Fixed it for you."
    );
    let same = Habits::of("Alice Adams", vec![ending(line); 8]);
    assert_eq!(says(line, &same), Says::Words, "an answer sent again and again is no tail");
}

#[test]
fn a_tail_is_taken_off_and_nothing_else() {
    let text = "Hello Carol,\n\nsoon.\n\nKind regards\nAlice Adams\nExample Ltd\n";
    assert_eq!(without(text, &alice()).trim_end(), "Hello Carol,\n\nsoon.");
    let text =
        "Hello Carol, soon.\n\nAlice\nrefund no\nShe must not get a refund under any condition";
    assert_eq!(without(text, &alice()), text);
}

#[test]
fn what_begins_like_a_disclaimer_must_speak_of_a_mail() {
    for text in [
        "Disclaimer: we do not repair lamps.",
        "If you received this parcel, please send it back.",
        "Confidential: your code is 1234.",
        "Important notice: we are closed tomorrow.",
        "Follow us on the way to the garage.",
        "Please consider the environment variable PATH.",
        "The information contained in chapter 3 helps.",
        "This email has been answered already, have you received it?",
        "Please give her my regards",
        "Our GmbH has another name now, the Ltd is gone.",
    ] {
        assert_eq!(says(text, &alice()), Says::Words, "{text}");
    }
    for tail in [
        "DISCLAIMER",
        "Disclaimer: this e-mail is meant for you alone.",
        "If you have received this email in error, please delete it.",
        "Confidential: this message is for its addressee.",
        "Example GmbH, Sitz Berlin, Amtsgericht Charlottenburg HRB 123456 B",
        "Example Ltd. Registered in England and Wales No. 01234567.",
        "Le informazioni contenute in questa comunicazione sono riservate.",
        "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.",
        "A.",
        "- Alice",
        "Sonnige Grüße\nAlice Adams",
        "Со всеми наилучшими пожеланиями\nAlice",
        "LinkedIn | Twitter | Facebook",
        "[Example logo]  Alice Adams\nHead of Support",
    ] {
        assert_eq!(says(tail, &alice()), Says::Nothing, "{tail}");
    }
}

#[test]
fn the_form_alone_makes_a_tail_of_any_language_unsure() {
    for text in [
        "Parimat,\nAlice",
        "Hürmətlə,\nAlice Adams",
        "Your friendly support team",
        "Customer Care | Example Ltd",
        "Room 12, Building B",
        "Dipl.-Ing. Alice Adams",
        "Talk to you soon, Alice",
        "Alles Gute!",
    ] {
        assert_eq!(says(text, &alice()), Says::Unsure, "{text}");
    }
    for text in ["It runs again.", "The part is on its way to you", "Alice will call you soon"] {
        assert_eq!(says(text, &alice()), Says::Words, "{text}");
    }
}

#[test]
fn what_stands_apart_below_a_name_may_be_a_motto() {
    let motto =
        "Best,\nAlice\n\n\"The best way to predict the future is to invent it.\" – Alan Kay";
    assert_eq!(says(motto, &alice()), Says::Unsure);
    assert_eq!(says("Regards\nAlice\n\nIt works again now.", &alice()), Says::Unsure);
}

/// The same by its meaning: the first line, of the last forty, from which on nothing is said.
fn without_slowly<'a>(text: &'a str, habits: &Habits) -> &'a str {
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let tails = starts[starts.len().saturating_sub(40)..].iter();
    let is_tail =
        |at: &usize| !text[*at..].trim().is_empty() && says(&text[*at..], habits) == Says::Nothing;
    tails.copied().find(is_tail).map_or(text, |at| &text[..at])
}

proptest::proptest! {
    #[test]
    fn a_tail_is_found_as_if_each_line_was_tried(
        lines in proptest::collection::vec(proptest::sample::select(vec![
            "", "", "", " ", "Kind regards", "Thanks,", "Thank you both!", "Alice", "Alice Adams",
            "Fixed.", "I will look at it tomorrow.", "Yes", "Head of Support", "Example Ltd.",
            "12 High Street, Leeds LS1 4AB", "+44 113 496 0000", "www.example.test", "***",
            "[image: logo.png]", "[logo] Alice Adams", "PS: the door is open", "Opening hours:",
            "This e-mail is confidential and intended only for the addressee.",
            "If you are not the intended recipient, please delete it.", "#close", "Is it so?",
            "Registered in England 1234567, Example Ltd, VAT no. 12",
            "Mit freundlichen Grüßen", "よろしくお願いいたします。", "Disclaimer: we repair no lamps",
        ]), 0..50),
        habit in proptest::bool::ANY,
    ) {
        let text = lines.join("\n");
        let habits = Habits::of(
            "Alice Adams",
            if habit { vec![ending("A\nFixed."), ending("B\nFixed."), ending("C\nFixed.")] } else { Vec::new() },
        );
        proptest::prop_assert_eq!(without(&text, &habits), without_slowly(&text, &habits));
    }
}
