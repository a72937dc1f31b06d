//! Words of people who are content: English, German, French, Spanish, Italian, Portuguese, Dutch,
//! Polish. In lower case, without accents.
//!
//! Phrases are parted by `;`, their places by spaces, what may stand in a place by commas; `-` is
//! nothing, `_` a space.

/// They thank.
pub(super) const THANKS: &str = "
many,big,huge,- thanks,thx,thanx,tnx,thks,thank_you,thankyou,thank_u,ty,cheers all,everyone,both,guys,- so_much,very_much,a_lot,a_million,a_bunch,kindly,- again,indeed,-;
a,- big thank_you,thanks; much appreciated; i,we,- really,very_much,much,- appreciate it,this,that,your_help,the_help;
i,we thank_you very_much,so_much,-; many_many thanks; with thanks;
vielen,besten,herzlichen,lieben,tausend,1000,schonen,- lieben,herzlichen,- dank,danke,dankeschon,dankesehr,thx dir,ihnen,euch,- nochmals,nochmal,noch_einmal,noch_mal,sehr,vielmals,schon,dafur,-;
merci vielmals,dir,ihnen; ich,wir danke,danken dir,ihnen,euch,- sehr,herzlich,-;
un,- grand,- mille,- merci,mercis beaucoup,bien,infiniment,mille_fois,bcp,- encore,a_vous,a_toi,a_tous,-; je,nous vous,te remercie,remercions beaucoup,infiniment,vivement,-;
muchas,muchisimas,mil,un_millon_de,- gracias de_nuevo,otra_vez,- a_todos,a_ti,a_usted,a_ustedes,-; se_lo,te_lo,os_lo,lo agradezco,agradecemos mucho,-;
muy,- agradecido,agradecida; mille,molte,tante,tantissime,- grazie mille,infinite,tante,- ancora,di_nuovo,a_tutti,-; la,ti,vi ringrazio,ringraziamo molto,tanto,ancora,-;
muito,muitissimo,- obrigado,obrigada,obrigadao,obg mesmo,- mais_uma_vez,novamente,a_todos,-; agradeco,agradecemos,agradecido,agradecida muito,imenso,-; valeu; muito,- grato,grata;
hartelijk,heel_erg,super,erg,- bedankt,dank,dankjewel,dankuwel,dank_je_wel,dank_u_wel,dank_je,dank_u,thx nogmaals,allemaal,zeer,hoor,-; veel,heel_veel,hartelijke,grote dank; ik,wij dank,danken je,u,jullie zeer,hartelijk,-;
bardzo,serdecznie,wielkie,slicznie,pieknie,- dziekuje,dziekujemy,dzieki,dzieki_wielkie bardzo,serdecznie,wielkie,pieknie,- raz_jeszcze,jeszcze_raz,panstwu,panu,pani,wam,-;
";

/// They say that all is well.
pub(super) const SOLVED: &str = "
the,this,my,our,- issue,problem,ticket,case,error,matter,bug,question,- is,was,has_been,- now,already,all,fully,completely,- solved,resolved,fixed,sorted,sorted_out now,already,-;
the,this,my,our issue,problem,error,bug is,has now,- gone,disappeared now,-; it's,it_is,that's,that_is,this_is,everything's,everything_is,all_is,all,now_it's,now,- now,- solved,resolved,fixed,sorted now,-;
it's,it_is,that's,that_is,everything's,everything_is,all_is,now_it's,all now,all,- ok,okay,good,fine,well,working,working_fine,perfect now,again,-;
it,this,that,everything,now,now_it,- now,all,- works,worked,did_it,did_the_trick,helped,solved_it,fixed_it,solved_the_problem,fixed_the_problem,solved_my_problem now,again,fine,well,perfectly,great,like_a_charm,-;
you_can,you_may,feel_free_to,please,- now,- close it,this,the_ticket,this_ticket,the_case,this_case now,-;
das,mein,unser,dieses,- problem,thema,anliegen,ticket,fall,fehler,frage,sache,es,alles,- ist,hat_sich,wurde,ist_damit,ist_somit,- jetzt,nun,damit,bereits,schon,somit,inzwischen,- gelost,geloest,erledigt,behoben,beseitigt,geklart,geregelt worden,-;
jetzt,nun,- es,das,alles,er,sie,- jetzt,nun,- lauft,laeuft,funktioniert,geht,klappt,passt jetzt,nun,alles,es,- wieder,- einwandfrei,bestens,super,perfekt,gut,prima,problemlos,-;
es,das,alles,jetzt hat,hats jetzt,nun,alles,- geklappt,funktioniert,geholfen; hat geklappt,funktioniert,geholfen; alles,es,das,jetzt ist,- jetzt,nun,wieder,alles,- gut,bestens,ok,okay,in_ordnung,perfekt,prima,super;
le,ce,mon,notre,- probleme,souci,ticket,incident,bug,c'est,tout,tout_est,- est,a_ete,- maintenant,desormais,bien,- resolu,regle,corrige,solutionne maintenant,-;
maintenant,- ca,cela,tout,tout_ca,- marche,fonctionne,remarche,refonctionne bien,tres_bien,parfaitement,nickel,- a_nouveau,de_nouveau,maintenant,-; ca,cela a marche,fonctionne; c'est,tout_est bon,ok,parfait,regle,resolu,en_ordre maintenant,pour_moi,-;
el,mi,nuestro,este,- problema,tema,asunto,caso,error,- ya,- esta,quedo,ha_sido,fue,se_ha,ha_quedado,- ya,- resuelto,solucionado,arreglado,solventado,corregido ya,-;
ya,ahora,todo,- ya,me,- funciona,funciono,funcionan ya,ahora,- bien,perfectamente,correctamente,de_nuevo,perfecto,-; todo,esta_todo,todo_esta,ya_esta bien,ok,perfecto,correcto,solucionado,resuelto,en_orden ya,-; ya_esta;
il,questo,il_mio,mio,- problema,caso,ticket,errore,tutto,- e,e_stato,ora_e,- ora,adesso,gia,- risolto,sistemato ora,adesso,-; ora,adesso,tutto,- funziona,funzionano,va_bene tutto,- di_nuovo,ora,adesso,perfettamente,correttamente,bene,-;
ha_funzionato; tutto,tutto_e ok,bene,a_posto,perfetto,risolto ora,adesso,-; o,este,o_meu,meu,- problema,caso,assunto,erro,tudo,- ja,- esta,foi,ficou,- ja,agora,- resolvido,solucionado,corrigido ja,agora,-;
ja,agora,tudo,- ja,- funciona,funcionou,esta_a_funcionar,esta_funcionando bem,agora,perfeitamente,novamente,de_novo,-; tudo,esta_tudo certo,bem,ok,resolvido agora,-;
het,mijn,dit,- probleem,issue,ticket,zaak,fout,- is,- nu,inmiddels,reeds,al,- opgelost,verholpen,gefixt,gefixed nu,-; nu,- het,dit,alles,- werkt,doet_het,lukt,gelukt,is_gelukt nu,- weer,- goed,prima,perfect,allemaal,naar_behoren,-;
het,alles is,- nu,weer,- in_orde,goed,ok,prima; moj,ten,- problem,sprawa,usterka,blad,- juz,- jest,zostal,zostala,zostalo,- juz,- rozwiazany,rozwiazana,rozwiazane,rozwiazano,naprawione,naprawiony,zalatwione,zalatwiona,usuniety,usunieta juz,-;
juz,teraz,wszystko,- wszystko,juz,- dziala,dzialaja,zadzialalo juz,teraz,- dobrze,poprawnie,prawidlowo,swietnie,bez_zarzutu,-; juz,teraz,- wszystko w_porzadku,ok,gra,dobrze,jest_w_porzadku,jest_ok,dziala; udalo_sie;
";

/// They agree, or are glad: an answer where something was asked.
pub(super) const AGREED: &str = "
ok; okay; okey; great; perfect; perfekt; excellent; awesome; super; brilliant; wonderful; fantastic; amazing; lovely; very,- nice; cool; top; yes; yep; yeah; no_problem; noted; got_it; received; understood; alright; all_right; sounds_good;
well_done; great,good,excellent,amazing,nice,fantastic job,work,service,support; you_made_my_day; that_was quick,fast;
prima; toll; klasse; spitze; bestens; wunderbar; ausgezeichnet; grossartig; hervorragend; genial; alles_klar; verstanden; ja; jawohl; stimmt; in_ordnung; sehr_gut; gut; erhalten;
parfait; tres_bien; impeccable; impec; nickel; bien_recu; c'est_parfait; c'est_note; d'accord; oui; vale; perfecto; estupendo; excelente; de_acuerdo; muy_bien; si; recibido; perfetto; ottimo; benissimo; bene; va_bene; ricevuto;
perfeito; otimo; muito_bem; certo; sim; recebido; oke; geweldig; mooi; fijn; helemaal,heel,- goed; duidelijk; swietnie; doskonale; wspaniale; dobrze; tak; rozumiem;
";

/// They greet, and say nothing.
pub(super) const BESIDE: &str = "
hello; hi; hey; dear; good morning,afternoon,evening,day; there; all; everyone; everybody; both; guys; team; support; to_you; and; also; sir; madam; or; to the,your team; have_a nice,great,good,lovely day,weekend,evening,one,week; kind,best,warm,- regards; best_wishes; sincerely; bye; take_care;
hallo; guten tag,morgen,abend; moin; servus; gruss_gott; liebe; lieber; liebes; sehr,- geehrte,geehrter,geehrtes damen_und_herren,team,-; zusammen; leute; und; einen,- schonen,schones,schone tag,abend,wochenende,woche,feierabend noch,-; mit,- viele,vielen,liebe,lieben,beste,besten,freundliche,freundlichen,herzliche,herzlichen,schone,schonen,- grusse,grusse_aus,grussen,gruesse,gruessen,gruss; vg; lg; mfg; tschuss; bis_bald;
bonjour; bonsoir; salut; madame; monsieur; messieurs; a_tous; toute_l'equipe; l'equipe; et; bonne journee,soiree,fin_de_journee,semaine; bon week_end,weekend; bien,tres,- cordialement; bien_a vous,toi; a_bientot; salutations; cdlt;
hola; buenos,buenas dias,tardes,noches; buenas; equipo; y; un,- saludo,saludos cordial,cordiales,-; que_tenga un_buen_dia,buen_dia; buongiorno; buonasera; salve; ciao; team; e; cordiali,distinti,cari,- saluti; buona giornata,serata; gentile; gentilissimi;
ola; oi; bom_dia; boa tarde,noite; prezados; equipe; equipa; um,- abraco,abracos; cumprimentos; atenciosamente; goedendag; goedemorgen; goedemiddag; hoi; beste; geachte; dag; en; fijne,prettige dag,avond,weekend,week nog,-; met,- vriendelijke,- groet,groeten,groetjes; mvg;
dzien_dobry; witam; czesc; szanowni panstwo; i; serdecznie,- pozdrawiam serdecznie,-; pozdrowienia; milego,udanego dnia,wieczoru,weekendu; z_powazaniem;
";

/// Behind these stands a name.
pub(super) const ADDRESSED: &str = "
hello hi hey dear thanks thank you morning afternoon evening hallo liebe lieber geehrte geehrter moin servus danke dank tag bonjour bonsoir salut merci chere cher
hola gracias querido querida estimado estimada ciao salve buongiorno grazie caro cara gentile ola oi obrigado obrigada prezado prezada caro hoi beste bedankt dag
czesc witam dziekuje dzieki
";

/// Titles, with a name behind them.
pub(super) const TITLES: &str = "
mr mrs ms miss dr herr herrn frau m mme mlle madame monsieur sr sra srta senor senora don dona signor signora signore dott senhor senhora meneer mevrouw heer dhr mevr pan pani panie
";

/// For what somebody thanks begins with one of these.
pub(super) const FOR: &str =
    "for fur fuer pour de d'avoir por per pela pelo voor za dla del della dei di";

/// For what: nothing in it asks.
pub(super) const REASONS: &str = "
the your all this that such it being very quick fast prompt swift speedy kind great excellent amazing wonderful super good quickly help helping support assistance reply replies
response responses answer answers responding replying answering info information service work effort efforts patience time advice explanation tip tips hint clarification feedback
solution fix fixing fixed solving solved resolving sorting out update everything getting back to me us looking into and reaching understanding care attention so much letting know
die der das den ihre ihren ihr ihrer deine deinen deiner eure euren eurer schnelle rasche schnellen raschen prompte prompten super tolle tollen gute guten nette netten freundliche kompetente hilfe unterstutzung
antwort ruckmeldung infos informationen hinweis tipp tipps auskunft bearbeitung losung erledigung muhe geduld nachricht alles zugige sehr erklarung und behebung klarung hilfreiche
votre vos ton ta le la les l'aide aide reponse retour rapidite rapide prompte efficacite reactivite intervention tout et disponibilite patience temps explication explications precisions informations ces cette m'avoir nous aide repondu
su tu el los las sus ayuda respuesta rapida rapido pronta apoyo soporte informacion atencion todo servicio solucion gestion tiempo rapidez amable y
il l'aiuto aiuto vostro vostra tuo tua suo sua risposta veloce tempestiva supporto assistenza disponibilita l'assistenza tutto informazione informazioni pazienza celerita rapidita e gentile gentilezza l'intervento soluzione
o sua vossa ajuda resposta suporte apoio atencao tudo informacao informacoes atendimento retorno esclarecimento paciencia solucao
het je uw jullie hulp snelle antwoord reactie ondersteuning informatie goede moeite oplossing en tijd uitleg vlotte fijne
pomoc szybka odpowiedz informacje wsparcie obsluge rozwiazanie reakcje wszystko sprawna cierpliwosc i mila
";
