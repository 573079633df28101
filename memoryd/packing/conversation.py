"""Words of which conversations are made, as opposed to tasks: a prompt of these alone says nothing of any code. In English."""

from functools import cache

from indexers import split_words

WORDS = """
a able about above actually after again ago ahead all almost alone along already alright also although always am among an and another any
anybody anymore anyone anything anyway are aren around as aside ask asked asking asks at aware away awesome back bad be became because
become been before began begin behind being believe below besides best better between beyond big both brief briefly but by bye came can
cannot cant care careful carefully certain certainly chat chatting clean cleaner clear clearer clearly come comes coming completely concise
confused continue continued correct correctly could couldn course cool dear decide decided definitely deserve did didn different do does
doesn doing don done doubt down during each earlier early easier easily easy either else enough entire entirely especially even ever every
everybody everyone everything exactly excellent explain explained explanation extra fair fairly far fast faster favor feel few fewer final
finally fine finish finished first firstly following for forget forgot former forward friend from full fully further gave get gets getting
give given gives giving glad go goes going gone gonna good got great guess had half hand happy hard hardly has hasn have haven having he
hello help helped helpful her here hey hi him his hmm hold hope how however huge idea if important in instead interesting into is isn it its
itself just keep keeps kept kind kindly knew know known knows last later latter least left less let lets like liked likely little long
longer look looked looking looks lot lots love made main mainly make makes making many matter may maybe me mean means meant might mind mine
moment more morning most mostly much must my myself name near nearly need needed needs neither never new newest next nice night no nobody
none nope nor not nothing now obviously of off often oh ok okay old on once one ones only onto opinion or other others otherwise ought our
ours out over overall own part particular people perfect perfectly perhaps person place plan plans please point points possible possibly
prefer pretty previous probably problem proceed proper properly put quick quickly quite rather ready real really reason redo remain remember
reply respond rest right rough roughly said same saw say saying says scratch second see seem seems seen sense sensible separate several
shall she short shorter should shouldn show side simple simpler simply since slow slowly small so some somebody someone something sometimes
somewhat soon sorry sound sounds start started still stop stopped stuff such suggest summarise summarize summary super sure surely take
taken takes talk talking tell tells than thank thanks that the their them themselves then there therefore these they thing things think
third this those though thought three through thus time times tiny to today together told tomorrow tonight too took toward towards tried
true try trying turn twice two understand understood undo unless until up upon us use used useful user usual usually various very wait
waiting want wanted wants was wasn way ways we week well went were weren what whatever when whenever where whether which while who whole
whom whose why will wish with within without won wonder word words work worked working works worry worse worst worth would wouldn write
writing wrong wrote yeah year yep yes yesterday yet you your yours yourself
agree answer answers branch build change changed changes check checked checks code comment comments commit commits committed conflict
conflicts decision description detail details discuss discussion document edit edited edits email english file files fix fixed french german
green implement install instruction instructions issue list machine merge message notes open option options pass passes paste pr project
pull push pushed question questions rebase red refactor release repo repository revert review rewrite run runs sentence status step steps
task tasks test tests translate version
"""
"""Words for people, what is said of any work, and what is done with any project. Other words of a prompt are about something."""


@cache
def conversational() -> frozenset[str]:
    """Return the words as the index has them."""
    return frozenset(split_words(WORDS).split())
