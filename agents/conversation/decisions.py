"""How directors decide, and say how the work goes on."""

from typing import Final

from .templates import Rule, templates

_APPROVE: Final = (
    r"(?:approve(?: of)?|accept|sign off(?: on)?|okay|print|buy|pass|lock(?: in| down)?|bless|(?:i |"
    r"we )?(?:really |just |absolutely )?love|(?:i |we )?approve|i am happy with|i am good with|thumbs up (?:for|"
    r"to|on)|mark|finalise|circle|pin)"
)
_CHOOSE: Final = (
    r"(?:i will |we will |i would |let us )?(?:go with|going with|pick|choose|take|use|keep|select|have|"
    r"i will take|print|i want)"
)
_REDO: Final = (
    r"(?:redo|re-do|retake|re-take|reshoot|re-shoot|remake|re-make|rerun|re-run|rerender|re-render|redraw|reroll|"
    r"re-roll|regenerate|repeat|retry|try again(?: with| on)?|have another go at|take another (?:go|shot|stab|"
    r"crack|pass) at|another go at|do over|another shot at|another pass (?:at|on)|go again on|"
    r"do another(?: take)?(?: of)?|make another(?: take)?(?: of)?)"
)
_OMIT: Final = (
    r"(?:omit|drop|cut(?: out)?|leave out|remove|delete|skip|lose|scrap|ditch|axe|get rid of|take out|strike|"
    r"leave off|do without|we do not need|i do not need|we do not want|forget(?: about)?|exclude|eliminate)"
)
_WANT: Final = (
    r"(?:give me|make|make me|do|i want|i would like|i need|i would love|we need|we want|get me|let us have|"
    r"let me have|let us do|let us get|draw|create|produce|generate|render|try|add|shoot)"
)

DECISIONS: Final[tuple[Rule, ...]] = (
    *templates(
        "new_task",
        r"""
    (?:add|new|create|insert|i need|we need|i want|give me) (?:(?:a|an|another|one more|an extra|
        a new) )?(?:new )?(?:shot|scene|task|sequence|department)s?(?: (?:of|with|where|for|called|in|:) ?.+)?
    """,
    ),
    *templates(
        "as_it_is",
        r"""
    (?:keep|leave) <about> (?:as (?:it is|is|they are|it stands|it was|they were)|alone|be|like (?:this|that|it is)|
        untouched)
    """,
    ),
    *templates(
        "later",
        r"""
    <about> (?:can wait|last|later|can come later|come last|comes last|is not urgent|are not urgent|has time|
        have time)|leave <about> (?:for last|till last|until last|for later|until later)|do <about> (?:last|later|
        at the end|after (?:everything|the rest|all else))
    """,
    ),
    *templates(
        "start_over",
        r"""
    (?:(?:scrap|drop|forget|bin|trash|cancel|delete) (?:everything|it all|all of it|
        the lot)(?: and| ,)? )?start (?:over|again|afresh|from scratch|anew|all over)(?: again| from scratch)?
    """,
    ),
    *templates(
        "kill",
        r"""
    (?:kill|nuke|chuck|dump|bin|trash|toss|destroy) <about>
    """,
    ),
    *templates(
        "prefer",
        r"""
    (?:that|it|this) (?:will|would) do(?: for now)?|good enough(?: for (?:me|now))?
    (?:i|we) (?:would )?(?:prefer|favour|lean towards?) <takes>(?: (?:of|for) <about>)?
    """,
    ),
    *templates(
        "greenlight",
        r"""
    (?:i )?(?:approve|accept|okay|confirm|greenlight|sign off on)(?: of)? (?:the|this|your|that) plan|
        the plan is (?:approved|accepted|good to go)
    (?:and )?(?:go|roll|start|action|begin|shoot|proceed|run|go on|carry on|continue|keep going|keep rolling|
        green ?light|green-light|launch)(?: (?:it|the production|production|shooting|rolling|the work|work|the plan|
        making it|the shoot|the film|now|for it|ahead|everything|this|the show|drawing|the cameras?|camera|cameras))*
    let us (?:shoot|go|roll|start|begin|do (?:this|it)|make (?:it|this|the film)|get (?:started|going|rolling)|
        get to work|rock|continue|go on|carry on)(?: (?:it|this|the production|shooting|ahead))?
    (?:roll|start|turn over|turn on) (?:the )?cameras?
    get (?:going|started|rolling|to work)
    make it
    make it so
    make the film
    (?:you have|it has|it is) (?:the |a )?green ?light
    kick (?:it )?off
    spin it up
    (?:greenlight|green light|green-light|start|launch|shoot|run) (?:the|this|my) (?:plan|production|film|movie|shoot)
    let us get this (?:started|going)
    places everyone
    lights camera action
    and action
    """,
    ),
    *templates(
        "deliver",
        r"""
    (?:write|build|make|export|assemble|produce|send me|put together|deliver|prepare|pack|finish)(?: up)? (?:the|a|my|
        our) (?:package|delivery|final package|deliverables?|contact sheet|animatic|timeline|final cut|
        stills)(?: ?(?:,|and|, and)(?: the)? (?:package|contact sheet|animatic|timeline|
        stills))*(?: (?:as it (?:stands|is)|(?:from|with|
        of) what .+))?
    put (?:the )?(?:package|delivery|everything|it|film|it all)(?: all)? together(?: (?:from|with|of) what .+)?
    hand over (?:what .+|everything|it all|the lot|it)
    deliver (?:the )?(?:rest|others|remaining(?: ones| pictures)?)
    (?:deliver|export|ship) the thing
    deliver(?: (?:it|the (?:package|film|production|lot|goods)|everything|what (?:we|you) have(?: got)?|now|this|
        what there is|the pictures|all|the delivery))*
    (?:it is |that is )?a wrap
    wrap(?: (?:it|this|things|everything))?(?: up)?
    (?:let us )?wrap (?:it |this )?up
    package (?:it|everything|this)(?: up)?
    pack (?:it|everything|this) up
    ship (?:it|this|everything)
    export(?: (?:it|everything|the package|this|the delivery))?
    (?:write|build|make|give me|hand over|hand me|assemble|produce|send me) (?:the|a) (?:package|delivery|
        final package|deliverables?|contact sheet|animatic|timeline|final cut)
    hand (?:it|everything) over
    (?:that is|it is) ready to deliver
    publish(?: it| everything)?
    call it done
    finish (?:it|this) and deliver
    deliver (?:the )?(?:animatic|stills|contact sheet|timeline)
    """,
    ),
    *templates(
        "retake",
        rf"""
    (?:one more|another) <about>
    do another (?:pass|take|go|round|try)(?: (?:on|of|at|for|with) <about>)?
    <about> (?::|-|,) (?:redo|again|retake|once more|another)
    {_REDO} <about>(?: (?:again|once more|one more time|over|anew|afresh|from scratch|another time|as (?:it|
        they) (?:is|are|was|were)))*
    (?:do|make|shoot|run|draw|try|take|render|roll|generate|paint) <about> (?:again|over|once more|one more time|anew|
        afresh|from scratch|another time|over again)(?: again)?
    (?:{_WANT} )?(?:one more|another|a new|a fresh|one other|a second|a further)(?: (?:take|one|try|go|attempt|
        picture|shot|seed|round|pass|roll))?(?: (?:of|for|at|on|with) <about>)?
    (?:{_WANT} )?a new (?:take|seed|try) (?:of|for|on|at) <about>
    (?:start|begin) <about> (?:over|again|afresh)
    <about> (?:again|once more|one more time)
    <about> (?:needs|wants|could use|deserves) (?:another|a new|one more|a fresh) (?:take|go|try|pass|attempt|shot|
        round)
    give <about> another (?:go|try|chance|shot|pass|take)
    go again(?: on <about>)?
    (?:once more|one more time|again) (?:for|on|with) <about>
    (?:let us )?go again
    (?:let us )?try <about> again
    """,
    ),
    *templates(
        "retake_bare",
        rf"""
    again
    once more
    one more(?: time| take)?
    {_REDO}(?: it)?
    try again
    do over
    another(?: take| one)?
    next take
    reset
    from the top
    back to one
    once again
    same again
    let us go again
    go again
    go for another
    have another go
    one more for (?:safety|luck)
    another for safety
    """,
    ),
    *templates(
        "approve_take",
        rf"""
    yes to <takes>(?: (?:of|for) <about>)?
    (?:take|use|pick|choose|go with|keep|print) the (?P<nth>first|second|third|fourth|fifth|last|latest) one (?:of|
        for|on) <about>
    {_APPROVE} <takes>(?: (?:of|for|on|from) <about>)?
    {_CHOOSE} <takes>(?: (?:of|for|on|from) <about>)?
    <takes>(?: (?:of|for|on|from) <about>)? (?:it is|is it|is the one|wins|is approved|is the keeper|is a keeper|
        is the winner|is a print|is the best|is final)
    for <about> (?:approve|use|take|{_CHOOSE}) <takes>
    (?:it is|that is|i choose|make it) <takes>(?: (?:of|for) <about>)?
    (?:approve|accept|{_CHOOSE}) <about> (?:with|in|, ?|from|at|as) <takes>
    approve <about> <takes>
    {_APPROVE} <about> (?P<n><N>)
    {_APPROVE} <takes> as (?:approved|final|it|the one)
    {_CHOOSE} the (?P<nth>first|second|third|fourth|fifth|last|latest) one
    {_APPROVE} the (?P<nth2>first|second|third|fourth|fifth|last|latest) one
    the (?P<nth3>first|second|third|fourth|fifth|last) one (?:it is|wins|is it|is the one)
    """,
    ),
    *templates(
        "approve",
        rf"""
    let <about> (?:pass|through|go through)
    <about> approved
    <about> wins(?: it)?
    <about> (?::|-) (?:approved?|okay|good|yes|print|accepted|fine|perfect|go)
    {_APPROVE} <about>(?: (?:as (?:it is|is|they are|it stands|approved|final|done|good)|as it stands|off|through|
        now))?
    sign <about> off
    <about> (?:is|are|gets?|was|were) (?:approved|accepted|a keeper|keepers|the one|the ones|final|good to go|a print|
        printed|locked|a buy|signed off|the winner)
    (?:that|this|it) is (?:the one|a keeper|a print|the keeper|the winner|a buy|approved|the shot)
    (?:put|let) <about> through
    give <about> (?:my|the) (?:approval|okay|nod|blessing|thumbs up)
    approved?|accept(?:ed)?
    print
    love it
    (?:i |we )?(?:will )?(?:take|lock|choose|pick) (?P<it4>it|that|this|that one|this one|them|those)(?: in)?
    go with (?P<it>it|that|this|that one|this one|those)
    we have (?:it|got it|a winner)
    (?:that|this) works for me
    keep (?P<it2>it|that|this|that one|this one|them|these|those)
    (?:i will|we will|let us) (?:take|keep|have|buy) (?P<it3>it|that one|this one|them|that)
    we got it
    got it in one
    yes to <about>
    """,
    ),
    *templates(
        "reject",
        r"""
    <about> (?::|-) (?:no|no good|rejected?|bad|not good)
    (?:i |we )?(?:reject|refuse|decline|turn down|veto|bounce|return|send back|do not accept|disapprove(?: of)?|
        throw back|fail|
        bin|i (?:do not|can not|will not) (?:accept|approve)|not approving)(?: (?P<takes><TAKES>)(?: (?:of|
        for) <about>)?| <about>)
    (?:send|throw|hand|kick|bounce|give|pass) <about> back(?: (?:to (?:the )?\w+(?: team| department)?|
        again))?(?: (?:for|with|and|to get) <text>)?
    <about> (?:is|are|was|were|looks?) (?:just |simply |really |still |frankly )?(?:no good|not good enough|rejected|
        not it|not the one|unacceptable|not acceptable|unusable|not usable|not what i (?:want|wanted|asked for|meant)|
        no use|useless|not good|not working|not right|not there yet|a no|out of the question|not approved)
    <about> (?:does not|do not|did not|will not) (?:work|cut it|do|fly|work for me|pass)
    not (?:good enough|it|the one|good|acceptable|right|what i (?:want|wanted|asked for|meant)|that one|this one|
        there yet)
    no good
    no to <about>
    that is (?:not|no) (?:it|good|what i .+)
    i (?:do not|can not) (?:buy|use) (?:it|this|that|them|<about>)
    rejected
    reject
    send (?:it|them|that|this|these) back
    """,
    ),
    *templates(
        "prioritise",
        r"""
    prioritise <about> over .+
    (?:do|make|shoot|finish) <about> before (?:the|any|all|every) .+
    (?:get|have) <about> (?:done|made|finished|ready) (?:first|next|now|right away|before (?:everything|
        anything)(?: else)?|as soon as possible)
    (?:do|make|start with|begin with|prioritise|take|finish|shoot|draw|run|get|put|move|bring|have|push|let us do|
        let us have|render|focus on)(?: up)? <about> (?:first(?: of all)?|before (?:everything|anything|all|the rest|
        the others)(?: else)?|to the (?:front|top|head)(?: of the (?:line|queue|list))?|up front|at the front|up|
        forward|next|now|right away|ahead(?: of (?:everything|the rest|all|the others)(?: else)?)?|(?:as )?(?:top|
        first|highest|a) priority|soonest|up the list|in front)
    (?:start|begin) with <about>
    prioritise <about>
    (?:rush|hurry|expedite|hasten|speed up|fast-track|fast track)(?: up)? <about>(?: up)?
    <about> (?:first|goes first|go first|comes first|come first|has priority|have priority|is urgent|are urgent|
        is (?:the |a )?(?:top )?priority|should go first|must go first|should come first|needs to be first|next|
        is most important|before everything|matters most)
    focus on <about>
    <about> to the (?:front|top|head)(?: of the (?:line|queue|list))?
    (?:give|grant) <about> (?:top |first )?priority
    (?:first|top priority)(?: ,| :)? <about>
    i need <about> (?:first|soonest|most urgently|urgently)
    concentrate on <about>
    """,
    ),
    *templates(
        "pause",
        r"""
    (?:hold on|hang on|wait|hold it|stop)(?: just)?(?: for)? a (?:second|moment|minute|bit|sec|tick)
    (?:hold on|hang on|hold everything|stand by)
    (?:pause|hold(?: off)?(?: on)?|halt|freeze|suspend|put (?:a )?(?:hold|pause) on|stop (?:for now|work on)|
        interrupt|wait with|hold up|park|stay)(?: (?:with|on|the work on|making|work on))? <about>(?: (?:for now|
        for a (?:moment|while|bit|minute|sec|second)|for the (?:moment|time being)|until (?:further notice|
        i say(?: so)?|later)|until (?:i|we) (?:have|am|are|get|know|hear|can|say|talk|speak|see) .+|there|a moment|
        still|back))*
    (?:put|keep|place) <about> (?:on hold|on ice|on pause|on the shelf|aside|back)(?: .*)?
    pause
    pause (?:it all|the work)
    hold(?: on| it| everything| your horses| that thought| fire)?
    hang on
    stand by
    stop for now
    take (?:a break|five|5)
    (?:stop|halt) (?:it|everything|all work on <about>|all|the work|work|<about>) (?:for now|for a moment|for a while|
        for the moment|
        for the time being)
    freeze
    hold the line
    wait (?:a (?:moment|minute|second|bit)|for me|with everything)
    """,
    ),
    *templates(
        "resume",
        r"""
    (?:resume|unpause|un-pause|unfreeze|restart|reactivate|reinstate|pick up|unhold|release|let go of)(?: (?:work on|
        with|making))? <about>(?: (?:again|now))*
    (?:go on|carry on|continue|proceed|get on|keep (?:going|on|working)|press on|move on|crack on|
        start again) (?:with|on|making) <about>
    let <about> (?:go on|continue|run|carry on|proceed|go ahead|resume)(?: again)?
    take <about> off (?:hold|pause|ice)
    (?:continue|carry on|keep (?:on )?) ?(?:making|drawing|working on|doing)? <about>
    <about> (?:can|may|should) (?:go on|continue|resume|carry on|proceed|start again)
    resume
    unpause
    back to work
    bring <about> back
    as you were
    """,
    ),
    *templates(
        "cancel",
        r"""
    (?:stop|cancel|abort)(?: (?:it all|the work|work))?
    (?:cancel|abort|call off|terminate|stop|quit|end|discontinue|abandon|give up on|cease)(?: (?:making|drawing|
        working on|work on|with|the work on|all work on|doing|rendering))? <about>(?: (?:now|at once|altogether|
        completely|for good|entirely|immediately|there))*
    (?:no more|enough) (?:takes|work|attempts|tries|money)(?: (?:of|on|for)) <about>
    enough (?:of|with) <about>
    call <about> off
    stop spending (?:money )?on <about>
    pull the plug on <about>
    """,
    ),
    *templates(
        "omit",
        rf"""
    <about> (?::|-) (?:cut|drop|out|omit)
    {_OMIT} <about>(?: (?:from (?:the )?(?:plan|cut|film|production|list|package|delivery)|altogether|entirely|
        completely|for good|out|for this one))*
    (?:leave|take|cut|keep|strike|drop) <about> (?:out|off)(?: (?:of|from) (?:it|the (?:plan|cut|film|production|
        package|list|delivery)))?
    (?:throw|toss) <about> (?:out|away)
    (?:we|i) (?:can|will|could|will just) (?:do|live|manage) without <about>
    <about> (?:can go|is out|are out|is cut|are cut|is not needed|are not needed|can be (?:cut|dropped|omitted|
        left out)|is omitted|is dropped|are dropped|must go|has to go|have to go|should go|are omitted)
    (?:let us )?(?:omit|drop|cut|skip|lose|scrap|ditch) <about>
    do not (?:bother with|include|need) <about>
    no need for <about>
    never mind <about>
    """,
    ),
    *templates(
        "do",
        r"""
    (?:make|do|start|run|shoot|draw|render|produce|paint) <about>
    """,
    ),
)
