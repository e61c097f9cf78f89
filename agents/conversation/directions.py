"""How directors order more and other work: money, pictures of their own, makers, options, variations."""

from typing import Final

from .templates import Rule, templates

_MORE_MONEY: Final = r"(?:another|an extra|an additional|additional|extra)"
_WANT: Final = (
    r"(?:give me|make|make me|do|do me|have|i want|i would like|i need|i would love|we need|we want|get me|let us have|"
    r"let us see|show me|let me have|let us do|let us get|paint me|paint|draw me|draw|create|produce|generate|"
    r"render|try|add|shoot)"
)
_OPTION: Final = r"(?:options?|variations?|variants?|alternatives?|versions?|alts?|choices|seeds?)"
_LOOKS: Final = (
    r"(?:look like|looking like|similar to|close to|closer to|along the lines of|in the style of|in the vein of|"
    r"like)"
)

DIRECTIONS: Final[tuple[Rule, ...]] = (
    *templates(
        "budget_unsaid",
        r"""
    (?:double|triple|raise|increase|lower|cut|reduce|halve|up|bump)(?: up)? (?:the|our|my) (?:budget|cap|limit)|
        spend (?:less|more)|more money|less money
    """,
    ),
    *templates(
        "budget_more",
        rf"""
    (?:give (?:it|us|me|you) |i will give (?:it|you|us) |add |put in |put )?(?P<usd>(?:\d+(?:\.\d+)?|one|two|three|
        four|five|ten|twenty|fifty) more (?:dollars?|bucks?|cents?))(?: in)?
    put another <usd> in
    (?:i|we) (?:have|have got|found|can add|can give you) (?:another <usd>|<usd> (?:more|extra))
    (?:raise|increase|up|bump|lift|extend|top up) (?:it|(?:the |my |our )?(?:budget|limit|cap))(?: up)? by <budget>
    (?:add|plus|and|put in|throw in) <usd>
    (?:you |we )?(?:can|may) (?:spend|have|use) another <usd>(?: on (?:it|this|that|everything|all this|the film))?
    (?:(?:give (?:it|us|them|me|yourself|the production)|add|put in|i will (?:add|give|put in)|you (?:can|
        may) (?:have|spend)|there is|take|have|throw in|allow|spend|i can (?:add|give you)|raise (?:it|the budget) by|
        increase (?:it|the budget) by|up (?:it|the budget) by|bump (?:it|the budget)(?: up)? by|extend (?:it|
        the budget) by) )?(?:{_MORE_MONEY} <usd>|<usd> (?:more|extra|on top|again))(?: (?:to|for|on top of|in) (?:the|
        my|our) (?:budget|production|film|purse|money|kitty|pot))?(?: (?:to spend|more|on top))?
    """,
    ),
    *templates(
        "budget_more",
        r"""
    (?:raise|increase|up|bump|lift|extend|top up|grow) (?:it|(?:the |my |our )?(?:budget|limit|cap|
        money))(?: up)? (?:by|with) (?:another |an extra )?<usd>
    (?:add|put) <usd> (?:to|into|on top of|on) (?:the|my|our) (?:budget|pot|limit|purse|kitty)
    """,
    ),
    *templates(
        "budget",
        r"""
    (?:cap|limit|hold) (?:it|us|this|everything|it all)(?: all)? (?:at|to|under|below) <budget>
    <usd> (?:max|maximum|tops|at most|in all|in total|altogether)
    (?:make|set|raise|increase|lower|cap|bump|put) it (?:up |down )?(?:to |at )?<usd>(?: in all| in total)?
    (?:i|we|you) (?:can|could|will|may) (?:go|stretch|go up|pay|stretch it)(?: up)? to <usd>(?: (?:in all|in total|
        total|altogether))?
    (?:(?:raise|increase|up|bump|lift|extend|set|change|make|lower|reduce|cut|drop|cap|limit|put|keep|fix|
        bring)(?: up| down)? )?(?:(?:the |my |our )?(?:total |whole |overall )?(?:budget|limit|cap|spending|money|
        costs?))(?: is| be| should be| up| down| now)*(?: (?:to|at|of|under|below|within|is|
        =))*(?: :)? (?:a total of |a maximum of |at most |no more than )?<budget>(?: (?:in all|in total|total|
        altogether|max|maximum|at most|now|overall))*
    (?:do not spend|spend|we can spend|you can spend|you may spend|i can spend|i will spend|
        never spend) (?:no )?(?:more than|at most|up to|over|not more than) <usd>(?: (?:in all|in total|total|
        altogether|on (?:it|this|everything)))*
    (?:the budget is|cap (?:it|everything|us)|limit (?:it|everything|us)|we have|i have|stay (?:under|within|below)|
        keep (?:it|everything) (?:under|below|within)) (?:at |to )?<usd>(?: (?:in all|in total|total|altogether|
        to spend))*
    """,
    ),
    *templates(
        "ingest",
        r"""
    (?P<file><PATH>|<FILE>\.\w+) (?:is|as|for|to be) (?:the |my |our |a )?(?:new |own |take of )?<about>
    (?:i|we) (?:have )?(?:painted|drew|drawn|made|shot|scanned|photographed|rendered|did|done) <about> (?:myself|
        ourselves|by hand|on paper|my own way)(?: .+?)? (?P<file4><FILE>\.\w+)(?: .*)?
    here is (?:my|a|our) (?:own )?(?:version|picture|painting|take|drawing|photo) (?:of|
        for) <about>(?: [:,])? (?P<file><FILE>\.\w+|<PATH>)
    (?:ingest|bring in|import|use|take|load|upload|put(?: in)?|insert|add|here is|this is|bring|submit|swap in|
        slot in|drop in)(?: (?:my|our|the|this|a|own|picture|file|painting|drawing|image|photo|version|
        new))*(?: :)? (?P<file><FILE>\.\w+|<PATH>)(?: instead)?(?: (?:instead of|in place of|as|for|to|in|into|of|
        on)(?: (?:a|the|my)? ?(?:new )?(?:take|version|picture) (?:of|for))? <about>)?
    (?:replace|swap|change) <about> (?:with|by|for|to) (?:my |the |this |our )?(?:own )?(?:picture |file |painting |
        drawing |image |photo )?(?:: )?(?P<file><FILE>\.\w+|<PATH>)
    (?:for|as) <about> (?:use|take|ingest|here is)(?: my| the| this)? (?P<file2><FILE>\.\w+|<PATH>)
    <about> (?:is|:) (?P<file3><FILE>\.\w+)
    """,
    ),
    *templates(
        "reroute",
        r"""
    <about> (?:with|by|on|via|through|to) <maker>
    (?:give|hand|move|route|reroute|re-route|assign|switch|send|pass|put|transfer|escalate|shift|
        change)(?: over)? <about>(?: over)? (?:to|on|onto|over to) <maker>
    (?:use|try|take|put|let us use|switch to|go with|hire|get|bring in) <maker>(?: (?:for|on|with|to (?:make|draw|do|
        redo)) <about>)?(?: instead| this time| from now on)*
    (?:have|let|make|get|ask) <maker> (?:to )?(?:make|do|draw|redo|try|handle|take over|take|have|paint|render|
        shoot)(?: a go at| over)? <about>(?: over)?(?: instead| again)*
    (?:make|do|draw|redo|try|render|retake|shoot|remake|rerun|run|paint|(?:have|take) (?:a|another) go at|
        try again on) <about>(?: again)? (?:with|using|on|by|via|
        through) <maker>
    <about> (?:should|must|needs to|has to|to) (?:go to|be (?:made|drawn|done|shot|redone) (?:by|with|on)|use) <maker>
    (?:i want|i need|i would like|we need|give me|get me) (?P<maker_9>(?:a |the )?(?:much )?(?:better|stronger|bigger|
        best|
        strongest|next|smarter) (?:model|maker|painter)) (?:for|on) <about>
    escalate(?: <about>)?
    <maker> (?:should|can|must|may|please|to) (?:make|do|draw|redo|try|handle|take|take over|have) <about>
    <maker> for <about>
    """,
    ),
    *templates(
        "more_like",
        rf"""
    <takes>(?: ,)? (?:but|only|just) <text>
    (?:{_WANT} )?(?:(?:<n> )?(?:more|another|another one|one|some more|something|some|others?|pictures|takes|
        a new one|a take)(?: (?:ones?|takes?|pictures?|of them|close))?|i liked?|make (?:it|them)|
        <about> should be)? ?(?:more )?(?:just )?{_LOOKS} (?:<takes>|(?P<this>this one|that one|this|that|it|
        the (?:last|latest) one|the (?P<nth>first|second|third|fourth) one))(?: (?:of|for|from) <about>)?(?: (?:but|
        only|just|,|and|though) <text>)?
    (?:redo|make|do|retake|reshoot|i want|i would like|remake|
        give me) <about>(?: again| be| to be| to look)?(?: ,)? (?:more |just |again )*{_LOOKS} <takes>(?: (?:but|only|
        just|,|and) <text>)?
    <about> (?:should|must|needs to|has to|to) (?:be |look )?(?:more )?{_LOOKS} <takes>(?: (?:but|only|,) <text>)?
    based on <takes>(?: (?:of|for) <about>)? ?(?:,|but)? ?<text>?
    something (?:closer|similar) to <takes>(?: (?:of|for) <about>)?
    """,
    ),
    *templates(
        "light",
        rf"""
    (?:{_WANT} )?(?:me )?(?P<n><N>)(?: (?:more|other|different|new|light|lighting))* (?:{_OPTION}|lights?|lightings?|
        pictures|images|takes|renders|plates)?(?: (?:of|for|on) <about>)? ?(?:under|in|with|at|by|of|from) (?:other|
        different|various|varying|all kinds of|all sorts of|every|any|another|changing|new|
        all) (?:kinds? of )?(?P<axis>light|lights|lighting|lightings|weathers?|times?(?: of (?:the )?day)?|hours?|
        conditions|times and weathers|light and weather|lighting conditions|seeds?)
    (?P<n2><N>) (?:lighting|light|weather) {_OPTION}(?: (?:of|for|on) <about>)?
    """,
    ),
    *templates(
        "options",
        rf"""
    (?:{_WANT} )?(?:me )?(?:an? )?(?:(?:batch|set|round|bunch|handful) of )?(?P<n><N>)(?: (?:more|
        other|extra|additional|further|new|different|alternative|fresh|little|small|quick))* {_OPTION}(?: (?:of|for|
        on|to) <about>)?
    (?:{_WANT} )?(?:some |a few )?(?:more|other|different|alternative|further|new|extra|
        additional) {_OPTION}(?: (?:of|for|on|to) <about>)?
    (?:{_WANT} )?(?:another|one more|a second|a new|an extra|an additional|an alternative|a different|
        one other) {_OPTION}(?: (?:of|for|on|to) <about>)?
    <about> (?::|,|-) (?P<n6><N>)(?: (?:more|other|new|different))* {_OPTION}
    (?:{_WANT} )?(?:an )?alternatives? (?:to|for|of) <about>
    (?:{_WANT} )?(?P<n2><N>) (?:more|other|further|extra|additional) (?:takes? |pictures? |ones? |seeds? )?(?:of|for|
        on) <about>
    (?:{_WANT} )?(?P<n3><N>) more(?: of (?:it|them|those|these|that|this))?
    (?:give|show|get|bring) me (?:some )?(?:options|variations|alternatives|choices)(?: (?:of|for|on) <about>)?
    vary <about>
    (?:{_WANT} )?(?P<n4><N>) (?:more|other) <about>
    (?:{_WANT} )?(?P<n5><N>) more (?:takes|pictures|ones|seeds|tries)
    """,
    ),
    *templates(
        "vary",
        rf"""
    (?:{_WANT} )?(?:me )?<about> (?P<cells8>(?:at|in|by|under|with) .+?)(?: ,)?(?: and)? (?P<n2><N>)(?: (?:seeds?|
        takes?|
        options?|pictures?|ones?))?(?: of| for)? each(?: one)?
    vary <about> (?P<cells9>(?:over|by|at|in|across|for|through) .+?)(?: ,)?(?: and)? (?P<n3><N>)(?: (?:seeds?|takes?|
        options?|pictures?))?(?: of| for)? each(?: one)?
    (?:{_WANT} )?(?:me )?(?:also )?<about> (?P<cells>(?:(?:also|as well|too) )?(?:at|in|by|under|with|during|
        for) .+?)(?: too| as well| also| in addition| besides)+
    (?:{_WANT} )?(?:me )?<about> also (?P<cells10>(?:at|in|by|under|with|for) .+)
    (?:also|and also) (?:{_WANT} )?(?:me )?<about> (?P<cells2>(?:at|in|by|under|with) .+)
    (?:{_WANT} )?(?:{_OPTION}|(?P<n><N>) {_OPTION}) (?:of|for) <about> (?P<cells3>(?:at|in|by|under|with|for) .+)
    vary <about> (?P<cells4>(?:over|by|at|in|across|for|through) .+)
    (?:{_WANT} )?(?:me )?<about> (?P<cells5>(?:at|in|for|by|under) (?:every|all|each|any) .+)
    (?:also|too) (?P<cells6>(?:at|in|by|under|with) .+)
    (?P<cells7>(?:at|in|by|under) .+?)(?: too| as well| also)+
    """,
    ),
)
