//! Domains that are nobody's organisation: mail providers where anybody gets an address.

/// Names that providers have under many endings, such as hotmail.com and hotmail.co.uk.
const NAMES: &str = "gmail googlemail hotmail outlook live msn yahoo ymail rocketmail aol icloud gmx yandex protonmail zoho \
    mail email inbox freemail";
/// Whole domains of others.
const DOMAINS: &str = "me.com mac.com web.de t-online.de freenet.de posteo.de posteo.net posteo.eu arcor.de online.de vodafone.de \
    mailbox.org proton.me pm.me tutanota.com tutanota.de tuta.io tuta.com tutamail.com keemail.me fastmail.com fastmail.fm \
    zohomail.com hey.com hushmail.com runbox.com startmail.com disroot.org riseup.net bk.ru list.ru rambler.ru internet.ru ya.ru \
    ukr.net i.ua abv.bg qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn \
    naver.com daum.net hanmail.net kakao.com nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com \
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr libero.it virgilio.it tin.it alice.it \
    tiscali.it fastwebnet.it aruba.it wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu gazeta.pl poczta.fm tlen.pl \
    seznam.cz centrum.cz post.cz azet.sk zoznam.sk citromail.hu telenet.be skynet.be proximus.be ziggo.nl kpnmail.nl planet.nl \
    hetnet.nl xs4all.nl home.nl casema.nl upcmail.nl chello.nl bluewin.ch sunrise.ch hispeed.ch a1.net aon.at chello.at \
    btinternet.com sky.com virginmedia.com talktalk.net ntlworld.com blueyonder.co.uk tiscali.co.uk eircom.net \
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com optonline.net \
    frontier.com windstream.net rogers.com shaw.ca sympatico.ca telus.net videotron.ca bigpond.com bigpond.net.au \
    optusnet.com.au iinet.net.au xtra.co.nz uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com \
    telefonica.net sapo.pt telia.com bredband.net online.no tele2.se bluemail.ch rediffmail.com usa.com walla.co.il walla.com \
    mynet.com superonline.com privaterelay.appleid.com users.noreply.github.com";

/// Whether anybody may have an address at that domain.
pub fn is_public(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    let (name, ending) = domain.split_once('.').unwrap_or((&domain, ""));
    let short = ending.split('.').all(|label| label.len() <= 3);
    let is_one_of = |table: &str, word: &str| table.split_whitespace().any(|one| one == word);
    short && is_one_of(NAMES, name) || is_one_of(DOMAINS, &domain)
}
