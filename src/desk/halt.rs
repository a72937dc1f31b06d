//! A call to stop: what an agent writes when a mail of theirs must not leave, and they do not think
//! of `#undo`.
//!
//! It is only looked for while something of theirs waits, and then nothing is guessed: what waits is
//! stopped, and they are asked. So it errs to a call.

use super::phrases::{count, has, has_anywhere, spaced};

/// A call is short, or a part of the first sentences is: words.
const CLAUSE_MAX: usize = 12;
/// So many sentences.
const SENTENCES: usize = 2;
/// So few words are a call by a word that means other things in a longer text, or if they are
/// shouted.
const FEW: usize = 4;

/// Words and beginnings of words, in lower case without apostrophes.
const CALLS: &str = "stop halt_ undo recall_ retract withdraw revoke abort cancel take_back take_it_back
    take_that_back take_this_back pull_it_back get_it_back call_it_back not_send dont_send don_t_send not_be_sent
    never_send hold_on hold_it hold_that hold_off oops whoops wrong_ my_mistake by_mistake by_accident
    accident ignore_ disregard scrap_that scrap_it scratch_that never_mind nevermind forget_it delete_that
    delete_it kill_it not_yet_ too_early premature unsend
    stopp nicht_send nicht_absend nicht_abschick nicht_schick nicht_versend nicht_verschick nicht_raus nicht_rausschick
    nimm_das_zurück nimm_es_zurück zurücknehm zurückzieh zurückhol zurückruf zurück_ widerruf abbrech abbruch storn
    falscher_ falsche_ falsches_ falschen_ versehen versehentlich irrtum mein_fehler ups_ hoppla anhalten verwerfen
    arrête arrete arrêt annul n_envoie n_envoyez pas_envoyer pas_l_envoyer pas_partir mauvais_ mauvaise_ par_erreur
    mon_erreur oups retire rappele
    alto_ detén deten_ detenga no_lo_env no_la_env no_env no_mand cancel anul retir equivoca por_error error_mío
    ferma fermi_ fermo_ fermat non_invi non_mand non_sped non_spedi annulla ritira sbagliat per_errore
    pare_ pára não_env não_mand nao_env errad engano por_engano
    niet_verz niet_verst niet_stur terugn terugha intrek verkeerd per_ongeluk vergissing foutje
    stój zatrzym nie_wys cofnij anuluj pomyłk przez_pomył zły_klient
    skicka_inte sänd_inte ikke_send ikke_sende send_ikke ångra fortryd angre avbryt afbryd fel_kund fel_person forkert
    feil_kund feil_person av_misstag ved_en_fejl
    zastav neposíl neodesíl neodosiel neposiel zruš omyl storno
    dur_ durdur gönderme iptal geri_al yanlış
    állj ne_küld visszavon mégse téved seis_ älä_lähet älkää_lähet peru_ väärä
    opre nu_trimit anuleaz greșit ustavi zaustavi ne_šalji ne_pošilj greška pogreš
    стоп стой остановит не_отправл не_посыл не_шли отмен отзови отозвать ошибся ошиблась ошибочно не_тому зупин
    не_надсил не_відправл скасу помил спри не_изпращай отмени
    σταμάτ σταμάτα μην_το_στείλ μην_το_στέλν μη_στείλ ακύρω λάθος
    עצור עצרי תעצור תעצרי אל_תשלח לא_לשלוח בטל טעות توقف أوقف لا_ترسل لا_تبعث إلغاء ألغ خطأ بالخطأ
    रुको रुकिए मत_भेज रद्द dừng đừng_gửi hủy berhenti jangan_kirim batalkan หยุด อย่าส่ง ยกเลิก";
/// The same of scripts without spaces: anywhere.
const UNSPACED: &str = "停止 停下 停一下 不要发 别发 不要寄 不要發 別發 撤回 撤銷 撤销 取消 暂停 暫停 等一下 等等 发错 發錯
    送らない 送信しない 送信を止 止めて 止めろ 止まれ やめて やめろ 待って 待った 取り消 取消し 中止 ストップ 間違
    멈춰 멈추 보내지 취소 중지 중단 잠깐 잘못 หยุด อย่าส่ง ยกเลิก";
/// Words that call only where little else stands.
const BARE: &str = "wait hold no_ don_t_ back_ mistake error fehler moment warte nicht_ nein_ non_ attend erreur
    attention para_ espera no_ aspetta alt_ aspett wacht fout_ niet_ czekaj nie_ zaczekaj vänta vent_ nej_ nei_ počkej počkaj ne_
    bekle hayır várj nem_ odota ei_ așteapt nu_ čakaj čekaj подожди подождите нет_ ошибка ні_ зачекай чекай όχι περίμεν
    לא_ חכה انتظر لا_ chờ_ tunggu";

/// Whether a text of an agent's may be a call to stop.
pub fn calls(text: &str) -> bool {
    let sentences = text.split(['\n', '.', '!', '?', '…', '。', '！', '？']);
    let sentences = sentences.filter(|sentence| sentence.contains(char::is_alphanumeric));
    let clauses =
        sentences.take(SENTENCES).flat_map(|sentence| sentence.split([',', ';', ':', '、']));
    let whole = spaced(text);
    let few = count(&whole);
    let shouts = text.trim_end().ends_with(['!', '！'])
        || text.contains(char::is_uppercase) && !text.contains(char::is_lowercase);
    let says = |words: &str| has(CALLS, words) || has_anywhere(UNSPACED, words);
    clauses.map(spaced).any(|clause| is_short(&clause) && says(&clause))
        || (is_short(&whole) && says(&whole))
        || (few <= FEW && few > 0 && (shouts || has(BARE, &whole)))
}

fn is_short(words: &str) -> bool {
    count(words) <= CLAUSE_MAX
}
