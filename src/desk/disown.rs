//! "That was not me", as people answer it when they are asked whether a mail is theirs.
//!
//! Whatever is not found here lets nothing go either: it is told to the owner.

use super::phrases::{count, has, has_anywhere, spaced};
use crate::mail::quote::tail::greets;

/// A "no" is short: words.
const NO_MAX: usize = 6;
/// So is the line that says who did not write: words.
const LINE_MAX: usize = 16;

/// The word alone.
const NO: &str = "no_ nope_ drop_ spam_ fake_ fraud_ betrug_ fälschung_ nein_ nö_ non_ nej_ nei_ nie_ ne_ não_ nao_ nee_ nem_ ei_ hayır_ hayir_ yok_ nu_ ні_ нет_ не_
    όχι_ ochi_ לא_ لا_ كلا_ नहीं_ jo_unë_ nuk_ nē_ ez_ nage_ hapana_ không_ tidak_ bukan_ ไม่ใช่ ไม่_ iie_ niet_";
const NO_UNSPACED: &str =
    "いいえ 違います 違う ちがいます 不是 不对 不對 没有 沒有 아니요 아니오 아뇨 아닙니다 아니에요";

/// Who says so and means that it is theirs, or speaks of something else.
const MINE: &str = "mine_ yes_ problem key_ idea worries it_is_me it_s_me it_was_me mein_ meine_ ja_ oui_ sí_ si_ sim_ tak_
    да_ так_ igen_ kyllä_ da_ evet_ ano_ schlüssel clé clave chiave chave klucz sleutel nyckel nøgle nøkkel";

/// Sentences.
const NOT_ME: &str = "not_mine not_me_ not_by_me not_from_me wasn_t_me wasnt_me isn_t_mine isnt_mine wasn_t_mine not_my_mail
    not_my_email not_my_message not_written_by_me did_not_writ didn_t_writ didnt_writ did_not_send didn_t_send
    didnt_send never_wrote never_sent have_not_writ haven_t_writ have_not_sent haven_t_sent i_didn_t_ i_did_not_
    wasn_t_from_me was_not_i_ somebody_else someone_else forged forgery phish spoof fraud
    nicht_von_mir nicht_meine nicht_mein_ war_ich_nicht bin_ich_nicht ich_nicht_ ich_nicht_geschrieben
    nicht_geschrieben nicht_geschickt nicht_gesendet nicht_verschickt nicht_verfasst stammt_nicht kommt_nicht_von
    jemand_ander gefälscht fälschung
    pas_moi pas_de_moi pas_écrit pas_envoyé pas_le_mien pas_la_mienne jamais_écrit jamais_envoyé pas_rédigé quelqu_un_d_autre
    no_fui no_he_sido no_es_mío no_es_mio no_es_mía no_lo_escrib no_lo_he no_escrib no_lo_envi no_lo_mand no_la_envi
    no_soy_yo yo_no_ no_he_escrito no_he_enviado
    non_sono_stat non_è_mi non_e_mi non_l_ho non_ho_scritt non_ho_mand non_ho_invi non_viene_da_me non_da_me non_sono_io
    non_ero_io
    não_fui nao_fui não_é_meu nao_e_meu não_é_minha não_escrev não_envi não_mand eu_não_ não_sou_eu
    niet_van_mij niet_ik_ ik_niet_ niet_geschreven niet_verstuurd niet_verzonden niet_gestuurd niet_de_mijne
    nie_ja_ nie_moj nie_moja nie_moje nie_mój nie_pisa nie_napisa nie_wysł nie_ode_mnie nie_byłem nie_byłam
    inte_jag inte_mitt inte_min_ inte_mig inte_från_mig inte_skriv inte_skick
    ikke_mig ikke_meg ikke_min_ ikke_mit_ ikke_mitt ikke_skrev ikke_skrive ikke_send ikke_fra ikke_jeg skrev_ikke
    nebyl nepsal neposlal nenapsal neposílal není_moj není_můj nie_som_ja nebol nenapísal neposlal
    nem_én nem_az_enyém nem_írt nem_küld en_minä minä_en ei_ole_minu en_kirjoit en_lähett en_ole_kirj
    ben_değil ben_yazma ben_gönderme benim_değil ben_yollama yazmadım göndermedim
    nu_eu_ nu_sunt_eu nu_e_al_meu nu_este nu_am_scris nu_am_trimis nu_l_am nisam nisem ne_moj
    не_я_ не_мое не_моё не_моя не_мой не_писал не_отправл не_посыл не_от_меня не_моє не_надсил не_писав не_відправл не_від_мене
    не_съм не_е_мое
    δεν_ήμουν όχι_εγώ δεν_το_έγρ δεν_το_έστ δεν_είναι_δικ δεν_έγραψα δεν_έστειλα
    לא_אני זה_לא לא_כתבתי לא_שלחתי לא_שלי ليس لست ليس_مني ليس_لي لم_أكتب لم_أرسل لم_اكتب لم_ارسل ليست
    मैंने_नहीं मेरा_नहीं bukan_saya bukan_dari không_phải_tôi tôi_không ไม่ใช่ฉัน ไม่ใช่ผม ไม่ได้เขียน ไม่ได้ส่ง";
const NOT_ME_UNSPACED: &str = "私では 私じゃ 書いていません 書いてません 送っていません 送ってません 覚えがありません 身に覚え
    心当たりがありません 不是我 没写 沒寫 没有写 沒有寫 没发 没有发 沒有發 非本人 제가아닙 제가안 아닙니다 안썼 쓰지않 보내지않";

/// Whether the first line below a greeting says no, or that its writer did not write what they are asked about.
pub fn disowns(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| line.contains(char::is_alphanumeric));
    let line = lines.find(|line| !greets(line)).unwrap_or_default();
    let words = spaced(line);
    let not_me = has(NOT_ME, &words) || has_anywhere(NOT_ME_UNSPACED, &words.replace(' ', ""));
    let begins = |no: &str| words.trim_start().starts_with(&no.replace('_', " "));
    let no = NO.split_whitespace().any(begins)
        || NO_UNSPACED.split_whitespace().any(|no| line.trim().starts_with(no));
    let said = (not_me && count(&words) <= LINE_MAX)
        || (no && count(&words) <= NO_MAX && !has(MINE, &words));
    said && !line.trim_end().ends_with(['?', '？', '؟'])
}
