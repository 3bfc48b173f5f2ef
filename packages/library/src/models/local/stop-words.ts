const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that say nothing of a text's matter. */
export const stopWords = words(`
a about above after again against ain all along already also although always am among amongst an and another any anyone anything
are aren as at away back be became because become becomes been before being below between both but by came can cannot come
could couldn d did didn do does doesn doing don done down due during each eg either else enough especially et etc even ever every
everything except far few first five for four from further furthermore gave get gets give given gives go goes good got had hadn
has hasn have haven having he hence her here hers herself him himself his how however i ie if in indeed instead into is isn it its
itself just keep kept know known last latter least less let like likely ll m made mainly make makes making many may me might mightn
more moreover most mostly much must mustn my myself near nearly need needn neither never nevertheless next no none nor not nothing
now o of off often on once one only onto or other others otherwise our ours ourselves out over own particular particularly per
perhaps put rather re really respectively s said same say says second see seem seems seen several shall shan she should shouldn
similar similarly since six so some something soon still such t take taken takes ten than that the their theirs them themselves
then there thereby therefore these they third this those though three through throughout thus till to together too toward
towards two under until up upon us ve very via viz was wasn way we well went were weren what whatever when where whereas whereby
whether which while who whole whom whose why will with within without won would wouldn y yet you your yours yourself yourselves
`);

/** Words of every paper, which are no theme of any. */
export const paperWords = words(`
abstract accurate accuracy achieve achieved addition additional aim aims allow allows analyses analysis analyze analyzed apply applied approach
approaches article articles author authors available background based believe better case cases common compare compared
comparison conclude conclusion conclusions conduct conducted consider considered consist contribute contribution current
currently demonstrate demonstrated demonstrates describe described describes design designed detail detailed develop developed
different difference differences discuss discussed discussion effect effective effectively elsevier enable enables evaluate
evaluated evaluation evidence examine examined example existing experiment experimental experiments exploit explore explored
extensive find finding findings found fully furthermore future general generally great greater group high higher highlight
however identify identified illustrate impact implication importance important improve improved improvement include included
includes including increase increased increasing indicate indicated indicates information insight insights introduce introduced
introduction investigate investigated issue issues journal key knowledge large larger lead leads level levels limitation
limitations literature low lower main major mean means method methodology methods multiple new novel number numbers objective
objectives observe observed obtain obtained open overall p paper papers perform performance performed phase possible potential
potentially present presented presents press previous previously problem problems process propose proposed proposes provide
provided provides providing publication published purpose question questions range recent recently reduce reduced related
relevant report reported reports represent require required requires research resource result resulting results reveal revealed
review reviewed reviews reserved rights role sample scale set sets show showed showing shown shows significance significant
significantly small specific state statistical strategy study studies studied suggest suggested suggests support task tasks
technique techniques term terms time times tool tools total type types understand understanding unique use used useful user uses
using usually value values various vs widely work works year years
`);

/** Words in which work is ordered; they are not what is asked about. */
export const orderWords = words(`
about analyse analyze answer ask brief bullet citation cite compare conclude concise count data describe detail direction
directions discuss document documents draw explain extract field focus following form format give given highlight identify input
insight insights list make name note order overview pattern patterns point points please produce provide query question recommend
recommendation recommendations record records relevant report respond return say sentence sentences short source sources state
structure style summarise summarize summary tell text texts theme themes topic topics trend trends use want word words write
`);
