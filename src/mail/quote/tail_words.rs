//! Words by which the tail of a mail is known, in the languages in which people write to us. All in
//! lower case, parted by `;`.

use crate::mail::table::Table;

/// Words of which greetings are made, and thanks, parted by spaces.
pub(super) const HELLOS: &str = "hi hello hey hallo moin servus grüezi guten tag morgen abend bonjour salut bonsoir coucou
hola buenos buenas días dias tardes ciao salve buongiorno olá ola oi bom dia boa tarde hoi dag goedendag hej
hei heisann god cześć dzień dobry ahoj dobrý den привет здравствуйте добрый день merhaba selam szia γεια שלום
مرحبا good day morning afternoon evening there all everybody team desk support postdesk dear please bitte thanks thank
you danke merci gracias grazie obrigado";

/// How people end a mail, in lower case.
pub(super) static SIGN_OFFS: Table = Table::parted(
    "
best regards; kind regards; kindest regards; warm regards; warmest regards; regards; best;
best wishes; all the best; with best wishes; cheers; thanks; thank you;
thank you very much; thank you in advance; many thanks; thanks a lot; thanks in advance; thanks again;
with thanks; thanks and regards; thanks & regards; thanks and best regards;
thanks and kind regards; with regards; with kind regards; with best regards; best rgds;
rgds; brgds; kr; br; thx; tia; sincerely; yours sincerely; sincerely yours;
yours faithfully; yours truly; yours; respectfully; cordially; take care; talk soon;
speak soon; have a nice day; have a good day; have a great day; have a lovely day;
have a nice weekend; have a great weekend; have a good weekend; have a good one;
have a nice evening; sent with love; peace; xoxo; xox; xx; xxx;
mit freundlichen grüßen; mit freundlichen grüssen; mit freundlichen gruessen;
mit freundlichem gruß; mit freundlichem gruss; mit besten grüßen; mit besten grüssen;
mit herzlichen grüßen; freundliche grüße; freundliche grüsse; freundlicher gruß;
freundlichen gruß; freundlicher gruss; viele grüße; viele grüsse; viele gruesse;
vielen dank und viele grüße; liebe grüße; liebe grüsse; beste grüße; beste grüsse;
herzliche grüße; herzliche grüsse; schöne grüße; schönen gruß; grüße; grüsse; gruß; gruss;
es grüßt; vg; mfg; lg; bg; hg; hochachtungsvoll; danke; vielen dank; besten dank;
danke schön; danke im voraus; vielen dank im voraus; dank und gruß; danke und gruß;
im auftrag; i. a; i.a; i. v; i.v; schönen tag noch; schönen feierabend; servus; tschüss; ciao; hugs; hasta luego; ha det bra;
hezký den; pěkný den; schönes wochenende;
cordialement; bien cordialement; très cordialement; bien à vous; bien à toi; salutations;
salutations distinguées; sincères salutations; meilleures salutations;
cordiales salutations; cdlt; cdt; bonne journée; belle journée; bonne soirée;
bonne réception; merci; merci d'avance; merci beaucoup; merci bien; respectueusement;
à bientôt; amicalement; amitiés; sincèrement;
saludos; saludos cordiales; un saludo; un cordial saludo; cordiales saludos;
reciba un cordial saludo; muchos saludos; cordialmente; atentamente; atte; gracias;
muchas gracias; gracias de antemano; gracias y saludos; un abrazo; que tenga buen día;
buen día;
cordiali saluti; distinti saluti; saluti; cari saluti; un saluto; un caro saluto;
i migliori saluti; grazie; grazie mille; molte grazie; a presto; buona giornata;
buona serata; in fede;
atenciosamente; att; cumprimentos; com os melhores cumprimentos; melhores cumprimentos;
saudações; obrigado; obrigada; muito obrigado; muito obrigada; abraço; abraços; um abraço;
grato; grata;
met vriendelijke groet; met vriendelijke groeten; vriendelijke groet; vriendelijke groeten;
met groet; met groeten; groet; groeten; groetjes; mvg; hoogachtend; bedankt;
alvast bedankt; dank u; dank u wel; dank je; dank je wel; fijne dag; prettige dag;
pozdrawiam; serdecznie pozdrawiam; pozdrawiam serdecznie; pozdrowienia; z poważaniem;
z wyrazami szacunku; z pozdrowieniami; dziękuję; dzięki; z góry dziękuję; miłego dnia;
med vänlig hälsning; med vänliga hälsningar; vänlig hälsning; vänliga hälsningar;
bästa hälsningar; hälsningar; mvh; vh; tack; tack på förhand; med venlig hilsen;
venlig hilsen; med vennlig hilsen; vennlig hilsen; hilsen; bedste hilsner;
de bedste hilsner; mange hilsner; tak; takk; på forhånd tak; terveisin;
ystävällisin terveisin; yst. terv; parhain terveisin; kiitos; kveðja; með kveðju;
bestu kveðjur;
s pozdravem; s přátelským pozdravem; děkuji; díky; s pozdravom; ďakujem; üdvözlettel;
tisztelettel; köszönöm; köszönettel; cu stimă; cu respect; mulțumesc; o zi bună;
lep pozdrav; s spoštovanjem; hvala; s poštovanjem; lijep pozdrav; pozdrav; lugupidamisega;
ar cieņu; pagarbiai; saygılarımla; saygılarımızla; iyi çalışmalar; teşekkürler;
с уважением; спасибо; с наилучшими пожеланиями; всего доброго; з повагою; дякую;
с уважение; поздрави; με εκτίμηση; ευχαριστώ; χαιρετισμούς;
何卒よろしくお願い申し上げます; よろしくお願いします; 안녕히 계세요; よろしくお願いいたします; よろしくお願い致します; 宜しくお願いします; 宜しくお願い致します; 以上; 以上です; 敬具; 谢谢; 謝謝; 此致; 敬礼;
敬禮; 祝好; 顺祝商祺; 順頌商祺; 감사합니다; 드림; 올림; مع التحية; مع أطيب التحيات; تحياتي; شكرا; شكراً; בברכה;
תודה; בתודה; धन्यवाद; सादर; ขอบคุณครับ; ขอบคุณค่ะ; ขอแสดงความนับถือ; trân trọng; cảm ơn;
hormat saya; terima kasih; salam;
",
);

/// How those among them begin that thank.
pub(super) static THANKS: Table = Table::parted(
    "
thank; many thanks; thx; danke; vielen dank; besten dank; merci; gracias; muchas gracias; grazie;
obrigad; muito obrigad; bedankt; dank u; dank je; dziękuję; dzięki; tack; tak; takk; kiitos;
děkuji; díky; ďakujem; köszönöm; mulțumesc; hvala; teşekkürler; спасибо; дякую; ευχαριστώ; 谢谢;
謝謝; 감사합니다; شكرا; תודה; धन्यवाद; ขอบคุณ; cảm ơn; terima kasih
",
);

/// Labels of the lines of a card.
pub(super) static CARD_LABELS: Table = Table::parted(
    "
tel; telephone; telefon; telefono; teléfono; téléphone; telefone; telefoon; phone; ph; fon;
t; p; mobile; mobil; mobiel; cell; móvil; portable; handy; m; fax; f; direct; office;
durchwahl; ext; web; www; website; internet; url; e; email; e-mail; mail; w; skype;
whatsapp; linkedin; twitter; facebook; instagram; xing; тел; моб; факс;
",
);

/// What companies must say of themselves, and their legal forms.
pub(super) static COMPANY: Table = Table::parted(
    "
gmbh; mbh; ag; kg; e.v.; ltd; limited; llc; inc; corp; plc; llp; s.a.; s.l.; s.r.l;
srl; s.p.a; sarl; sas; b.v.; bv; n.v.; sp. z o.o; s.r.o; a.s.; oy; aps; a/s; kft;
d.o.o; pty; hrb; hra; amtsgericht; handelsregister; registergericht; geschäftsführer;
geschäftsführung; vorstand; aufsichtsrat; ust-id; ust-idnr; ust.-id; ustid; vat no;
vat reg; vat id; registered office; registered in; company no; company number;
company registration; siret; siren; rcs; tva; partita iva; p.iva; p. iva; c.f.; kvk; btw;
nif; cif; cnpj; nip; regon; krs; org.nr; cvr; sitz der gesellschaft; capital social;
",
);

/// The mail that a disclaimer speaks of.
pub(super) static LEGAL_MAIL: Table = Table::parted(
    "
this e-mail; this email; this message; this mail; this communication; this transmission;
this electronic; e-mail message; email message; the e-mail; diese e-mail; diese email;
diese mail; diese nachricht; dieser e-mail; dieser nachricht; ce message; cet e-mail;
cet email; ce mail; ce courriel; este mensaje; este correo; este e-mail; este email;
esta mensagem; questo messaggio; questa e-mail; questa email; questa mail; dit bericht;
deze e-mail; deze email; dit e-mailbericht; ta wiadomość; niniejsza wiadomość;
treść tej wiadomości; detta mejl; detta meddelande; denne e-mail; denne e-post;
это сообщение; данное сообщение; bu e-posta; 本メール; 此邮件; 本邮件;
",
);

/// What a disclaimer says of it.
pub(super) static LEGAL_ABOUT: Table = Table::parted(
    "
confidential; privileged; intended only; intended solely; intended for the;
intended recipient; addressee; viruses; virus-free; checked for; been scanned; monitored;
environment; before printing; vertraulich; geschützt; empfänger; ausschließlich für;
ausdruck; confidentiel; destinataire; destiné; confidencial; destinatario; destinatário;
riservat; confidenzial; vertrouwelijk; geadresseerde; uitsluitend bestemd; poufn; adresat;
konfidentiell; fortrolig; конфиденциальн; gizli; 秘密; 保密; auf viren; viren geprüft;
antivirus; scanned; automatically generated; originated; outside; außerhalb;
because you are; mobile device; mobile phone; smartphone; sent from;
",
);

/// How a disclaimer or a gateway's banner begins.
pub(super) static LEGAL_START: Table = Table::parted(
    "
confidentiality notice; confidentiality note; privileged and confidential;
legal notice; legal disclaimer; vertraulichkeitshinweis; haftungsausschluss;
rechtlicher hinweis; avis de confidentialité; aviso de confidencialidad; aviso legal;
nota legal; clausola di riservatezza; aviso de confidencialidade; klauzula poufności;
if you are not the intended; si vous n'êtes pas le destinataire; si usted no es;
se non siete; se você não é; indien u niet de; jeśli nie jest; any views or opinions;
the information transmitted; the contents of this e; information in this e;
external email; external sender; [external; caution: external; caution: this email;
caution external; this email originated from outside; this message originated outside;
achtung: externe; externe e-mail; think before you print; save a tree;
bitte denken sie an die umwelt; der umwelt zuliebe; pensez à l'environnement;
antes de imprimir; prima di stampare; denk aan het milieu; scanned by; checked by avg;
virus-free; informationen zum datenschutz; hinweise zum datenschutz;
book a meeting with me; le informazioni contenute in quest; virenfrei; message scanned;
scanned for viruses;
",
);

/// What nothing but a disclaimer holds.
pub(super) static WITHIN: Table = Table::parted(
    "
please excuse typos; please excuse any typos; excuse my brevity; excuse brevity; print less;
keep it on the screen; visit us at; visit us on; besuchen sie uns; folgen sie uns auf; rate my service;
how did i do; how did we do; gemäß dsgvo; mobilen mail app; sent from my mobile; sent from my phone;
visitez notre; visítenos; seguici su; volg ons op; suivez-nous; síganos en; newsletter abonnieren;
subscribe to our newsletter; register now: http; opening hours:; sprechzeiten:; öffnungszeiten:;
not the intended recipient; nicht der beabsichtigte empfänger; unauthorised use;
unauthorized use; unauthorized review; unauthorised copying; strictly prohibited;
notify the sender immediately; notify the sender and delete; delete it from your system;
benachrichtigen sie sofort den absender; informieren sie bitte den absender;
",
);

/// How a disclaimer begins, and other sentences too: it must speak of a mail.
pub(super) static HEADINGS: Table = Table::parted(
    "
confidentiality:; confidential:; disclaimer; important notice:; if you received this;
if you have received this; sollten sie nicht der; wenn sie nicht der;
falls sie nicht der; si vous avez reçu ce; si ha recibido este; se avete ricevuto;
the information contained in; external:; please consider the environment;
please think of the environment; this email has been; this e-mail has been;
bitte prüfen sie, ob; follow us on; folgen sie uns; save paper; avvertenza;
",
);

/// Words by which a writer speaks, or is spoken to.
pub(super) static SPEAKERS: Table = Table::parted(
    "
i; i'll; i've; i'm; we; we'll; we've; you; ich; wir; sie; please;
",
);

/// Words by which a line is a sentence.
pub(super) static VERBS: Table = Table::parted(
    "
your; it; ihr; ihre; bitte; is; are; was; will; has; have; can; ist; sind; wird; hat; est; sont; es;
son; sono;
",
);

/// Words by which a line is a team's name.
pub(super) static TEAMS: Table = Table::parted(
    "
team; support; support-team; service; care; helpdesk; kundendienst; kundenservice; kundenbetreuung;
équipe; equipo; squadra; equipe; zespół; klantenservice; support@; desk;
",
);

/// Words that end a greeting, whatever stands before them.
pub(super) static GREETINGS: Table = Table::parted(
    "
regards; greetings; wishes; grüße; grüssen; grüßen; grüsse; gruß; gruss; gruesse; gruessen;
salutations; saludos; saluti; cumprimentos; groet; groeten; groetjes; pozdrowienia; pozdrowieniami;
pozdrowieniem; pozdravem; hilsen; hilsner; hälsning; hälsningar; terveisin; пожеланиями; уважением;
",
);
