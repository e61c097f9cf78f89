"""How directors ask: patterns of what neither spends nor decides, most telling first."""

from typing import Final

from .templates import Rule, templates

_SHOW: Final = (
    r"(?:show(?: me| us)?|let me see|let us see|let us have a look at|let us look at|i want to see|"
    r"i would like to see|display|open|view|see|look at|let me look at|let me have a look at|bring up|pull up|"
    r"(?:(?:let me|let us|can i|could i|may i) )?(?:have|take|get) a (?:quick |little )?(?:peek|look|glance) at|"
    r"put up|play(?: me)?|can i see|could i see|may i see|what do|give me a look at|review|watch|list)"
)

QUESTIONS: Final[tuple[Rule, ...]] = (
    *templates(
        "cells_unsure",
        r"""
    (?:show(?: me| us)?|let me see|let us see|give me|get me|see|i would (?:love|like) (?:to )?(?:see|have)?|
        i (?:want|need|wish) to see|what would|how would|what about|imagine|
        picture) <about>(?: look like| look)? (?P<cells>(?:at|in|by|under|during|with) .+)
    """,
    ),
    *templates(
        "help",
        r"""
    what else can (?:i|we|you) (?:do|say|ask)
    what (?:happens|comes) (?:now|next)
    what (?:i|we|you) can (?:do|say|ask)(?: here| for)?
    what (?:am i|are we) (?:supposed|meant) to (?:do|say)(?: now| here)?
    what are (?:the|my) commands
    help(?: me)?(?: out)?
    what can (?:i|you|we) (?:do|say|ask)(?: here| for)?
    how does (?:this|it) work
    what are my options
    commands
    \?
    what (?:do|should) i (?:do|say)(?: now| next)?
    i am (?:lost|stuck)
    hello
    hi
    hey
    good (?:morning|evening|afternoon)
    h
    usage
    menu
    what now
    what next
    """,
    ),
    *templates(
        "leave",
        r"""
    (?:that is|that will be|it is|this is) (?:all|enough|it for)(?: for)?(?: (?:today|now|tonight|me|from me))*
    quit
    exit
    (?:that is|this is|and that is) me (?:out|off|done|gone|finished)(?: (?:for )?(?:today|now|tonight))?
    (?:i|we) (?:am|are) (?:away|gone|heading (?:out|home|off)|going(?: home)?)(?: now)?
    over and out
    leave
    bye(?: bye)?
    good ?bye
    good ?night(?: all| everyone| everybody)?
    q
    see you(?: later| tomorrow)?
    (?:i am|we are) (?:done|finished|off|out)(?: (?:for )?(?:today|now|here|tonight))?
    i am leaving
    (?:let us )?call it a (?:day|night)
    end (?:the |this )?session
    log ?out
    close (?:the |this )?session
    farewell
    cheerio
    ciao
    that will do for (?:today|now)
    (?:let us )?(?:stop|finish|end) (?:here )?for (?:today|tonight)
    i have to go
    i need to go
    that is it for (?:today|now|tonight)
    nothing else
    no more
    """,
    ),
    *templates(
        "begin",
        r"""
    (?:(?:begin|start|open|load|plan|read|make|new|produce|create|shoot|run|use|try)(?: (?:on|with|from|up))?(?: (?:a|
        the|my))?(?: (?:brief|production|film|new|plan))* )?(?P<file><FILE>\.(?:ya?ml|json|md|markdown|txt))(?: next|
         now| then)?
    (?:new (?:brief|production|film|project|scene|story)|start (?:over|again|afresh) with|
        begin (?:a )?new (?:production|film) (?:of|about|with)|(?:the )?brief|plan a (?:film|production|scene) (?:of|
        about|with))(?: :)? (?P<brief>.+)
    """,
    ),
    *templates(
        "compare",
        r"""
    (?:let us see|let me see|can i see|could i see|see|diff|compare|put|hold|show(?: me)?) <takes>(?: (?:of|for|from|
        on) <about>)? (?:together|side by side|against each other|next to each other|with each other|back to back)
    (?:compare|diff) (?:all )?(?:the )?(?:standing|current|accepted|latest|newest|approved) takes (?:of|for) <about>
    (?:show(?: me)?|put|hold|see|look at|let us see|let me see) <about> back to back
    (?:show(?: me)?|bring up|pull up|see|look at|let us see|let me see) (?P<about_7>.+? (?:next to|beside|alongside|
        side by side with|against) .+)
    which(?: one)? of <about> (?:is|are|looks?) (?:the )?(?:best|better|\w+er|\w+est|(?:more|
        most) \w+)(?: ,? ?\w+ or \w+)?
    which of (?:them|these|those|the \w+)(?: takes| ones| versions)? is (?:the )?(?:best|better|nicest|strongest)
    is the (?:new|latest|last|second|third|first) (?:one|take|version) (?:any )?better(?: than .+)?
    what is the best (?:take|one|version|picture)(?: (?:of|for) <about>)?
    which (?:take|version|picture) of <about> is (?:the )?(?:best|better|nicest|strongest)
    which (?:is|was) the best(?: (?:take|one|version|picture))?(?: of <about>)?
    (?:compare|hold|put|show(?: me)?|look at|let us compare|side by side|diff) (?:<takes>|both|them both)(?: (?:of|
        for|from|on) <about>)?(?: (?:together|side by side|against each other|next to each other|with each other))?
    compare <about>(?: (?:side by side|together|with each other|against each other))?
    (?:which|what)(?: one| take| version| of them| of these| of the two| of those| picture)?(?: do you think)? (?:is|
        are|looks?|was|scores?|scored|do you (?:like|prefer)|did) (?:the )?(?:better|best|stronger|strongest|nicer|
        closer|closest|higher|highest|prettier|more|like)?(?: ,? ?(?:<takes>))?(?: (?:of|for) <about>)?
    what is the difference(?: between <takes>)?(?: (?:of|for|between|in) <about>)?
    (?:is|was) <takes> (?:any )?better(?: than .+)?
    (?:show(?: me)?|put|hold|see|look at) <about> (?:side by side|next to each other|against each other|together)
    how do (?:<takes>|<about>) compare
    <takes> (?:or|vs|versus|against) .+
    """,
    ),
    *templates(
        "costs",
        r"""
    (?:which|what) (?:task|shot|picture|one|department)(?: was| is)? (?:the )?(?:most expensive|cheapest|costliest|
        dearest)(?: .+)?
    what <about> (?:has|have|did) (?:cost|spent|eaten)(?: us| me)?(?: (?:so far|already|until now|to date))?
    is (?:anything|something|any money|money) (?:already )?(?:being )?(?:spent|used up)(?: already| yet| so far)?
    have (?:we|you) spent (?:anything|something|any money)(?: yet| already)?
    (?:did|have|do) (?:we|you) (?:spend|spent) more on <about>
    (?:the )?(?:costs?|spend|spending|bill)(?: so far)? (?:by|per|for each|for every) (?:department|team|task|shot)
    are we (?:still )?(?:over|under|within|on|in|inside|above|below)(?: the)? budget
    how much(?: money| budget| of the budget)? (?:have|do) (?:we|i|you) (?:got |still have |
        have )?(?:still )?left(?: to spend)?
    how much (?:money|budget|of the budget) is (?:still )?left
    what is left (?:of|in) the (?:budget|money|purse)
    what is the (?:damage|total|tally)(?: so far| until now)?
    how much(?: of (?:the|our|my) (?:money|budget))? (?:has|have|is|was) (?:already )?(?:gone|been spent|spent|
        went) (?:on|
        into|for) <about>(?: (?:so far|already|until now|to date))?
    how much (?:have|has|did) <about> (?:eaten|used|burned|burnt|swallowed)(?: up)?(?: so far| already)?
    (?:what|how much)(?: money)? (?:did|have|has|does|do|was|were|is)(?: (?:we|you|i))?(?: (?:already|
        been))? ?<about>? ?(?:cost(?:ing)?|costs|spend|spent|paid|pay|used|burned|burnt|gone|go|eat|eaten|set (?:us|
        me) back)(?: (?:up|through))?(?: (?:me|us))?(?: (?:so far|already|until now|till now|to date|today|now|yet|
        in all|in total|altogether))*(?: (?:on|for|of|into) <about>)?(?: (?:so far|already|until now|till now|to date|
        today|in total))*
    (?:the )?(?:costs?|bill|spend|spending|spent|expenses|money|what have you spent|accounts?|invoice|
        ledger)(?: so far)?(?: (?:of|for|on) <about>)?(?: so far)?
    (?:show(?: me)?|give me|what is|what are|how is|tell me|let me see|break down) (?:the |our |my )?(?:current |
        total )?(?:costs?|bill|spend|spending|expenses|ledger|breakdown|money|price so far|accounts?|
        breakdown of costs?|cost breakdown)(?: so far)?(?: (?:of|for|on|by) <about>)?(?: so far)?
    where (?:did|has|is|does) (?:all )?(?:the|my|our) money (?:go|gone|going)
    how much (?:of the budget )?(?:is|has been|have we|did we|was|have you|did you) (?:spent|used|gone|spend|
        used up)(?: so far| already)?(?: on <about>)?
    what have (?:we|you|i) spent(?: so far)?(?: on <about>)?
    how expensive (?:is|are|was|were) <about>
    what was the (?:most )?(?:expensive|cost)(?: one)?(?: of <about>)?
    how much <about> cost
    """,
    ),
    *templates(
        "price",
        r"""
    (?:how much|what) (?:is|are|would|will|does|do) (?:one more|another|another one|
        <n> more)(?: takes?| options?| of them)? (?:of|for) <about>(?: be| cost| costs)?
    when (?:do|will|can) (?:i|we) (?:get|have|see) (?:the )?(?:finished|final|complete|whole) (?:film|thing|movie|
        package|
        lot|one|production)
    how (?:many|much) time (?:do |does |will |would )?(?:we|you|it|i|they) (?:still )?(?:need|needs|take|takes)(?: .*)?
    (?:what|how much) (?:does|would|will|do) it cost(?: me| us)? (?:if|when|to) (?:(?:i|we|you) )?(?:do|redo|retake|
        make|have|change|reshoot|draw) <about>(?: again| over| once more| differently)?
    when (?:do you think )?(?:will|are|is) (?:we|you|it|this|everything)(?: all)?(?: be)? (?:done|finished|ready|
        through|over|complete)
    when do you think (?:we|you|it|this|everything) (?:will be|is|are) (?:done|finished|ready|through|over|complete)
    how (?:much )?(?:long|longer|much|much more)(?: time)? (?:will|would|does|is|do) (?:it|this|that|all this|all of it|
        everything|we|you)(?: still| all)? (?:take|going to take|need|be|last)(?: .*)?
    how (?:long|much longer|much time|much more|many hours|many minutes)(?: (?:will|would|is|does|do|until|till|
        before|more|left|to go|for|to|have))?(?: (?:it|we|you|this|that))?(?: (?:will|would|need|needs|
        still))*(?: <about>)?(?: (?:take|takes|need|needs|to go|left|going to take|be|until (?:it|we|this|
        everything) (?:is|are) (?:done|finished|ready)|to finish|be done|is left|remain|remaining|last|have|
        do we have left|still))*
    (?:what|how much)(?: more)?(?: money)? (?:will|would|is|are|does|should|might|
        could) <about>(?: still)?(?: (?:going to|to))? (?:cost|costs|take|need|be|set (?:me|us) back)(?: (?:me|us|
        in total|altogether|in the end|more|to finish))*
    when (?:will|is|are|can|would|do|does) <about>(?: (?:be|going to be))?(?: (?:done|ready|finished|finish|over|
        complete|completed|end|get done|i get it|have it))+
    (?:the )?(?:price|forecast|estimate|eta|quote|outlook|time left|schedule)(?: (?:of|for|on) <about>)?
    (?:what is|give me|show(?: me)?|tell me|how is|what are|let me see) (?:the |an? |our )?(?:price|forecast|estimate|
        eta|quote|outlook|schedule|time left|remaining (?:time|cost)|odds)(?: (?:of|for|on) <about>)?
    price <about>
    estimate <about>
    how much (?:is|money is|budget is) (?:still )?(?:left|to come|missing|remaining|needed)(?: for <about>)?
    how (?:much|expensive) (?:would|will) <about> (?:cost|be)
    (?:will|can|do|are) we (?:make|meet|hit|in|on)(?: the)? (?:deadline|time)(?: make it)?
    (?:will|is) (?:it|the money|the budget) (?:be )?(?:enough|suffice|last|fit the budget|in time|on time)
    when (?:will|are|do) (?:we|you) (?:be )?(?:done|finished|ready|finish)
    what is (?:still )?to come
    can we afford <about>
    is there (?:enough )?money (?:left|for <about>)
    how far does the money go
    """,
    ),
    *templates(
        "why",
        r"""
    why (?:was|is|did|were|has) <takes> (?:of|for) <about> (?:accepted|approved|rejected|chosen|picked|taken|refused|
        dropped|redone|better|worse|the one|so .+|not .+|made .+|given .+|sent .+|fail|pass|win|lose)
    who is the (?:maker|painter|model) (?:of|for|behind) <about>
    what is (?:the )?(?:hold-up|holdup|delay|story|snag|hitch|catch|trouble) (?:with|on|at|about) <about>
    who (?:approved|rejected|accepted|dropped|refused|passed|paused|cancelled) <about>(?: ,? ?and why)?
    (?:explain|tell me) why <about> (?:keeps?|keep on|failed|fails|waits|is|are|was|were|did|does|do|has|have)(?: .+)?
    what is taking <about> so long
    why (?:did|do|have|has|would) (?:you|we|it|they|he|she) .+ (?:for|with|on|in|about|to) <about>
    why not .+
    why (?:did|do|have|would) (?:you|we) .+
    (?:why|how come) (?:is|are|was|were|does|do|did) <about> (?:(?:still|always|look|looks|come out|all) )*(?:so|
        too) .+
    (?:why|how come|what for)(?: (?:did|is|are|was|were|has|have|does|do|would|had|
        the hell))? ?<about> ?(?P<what>(?:still |always |all |not |n't |been |being |yet |keep |so |never |going |
        already |get |got )*(?:fail|failed|failing|fails|waits?|waiting|accepted|approved|rejected|refused|unfinished|
        blocked|stuck|paused|late|slow|done|made|given|go|goes|went|drawn|made|chosen|routed|sent|open|cancelled|
        omitted|taking|take|stopped|held|on hold|there|not done|not accepted|not approved|not finished|not pass|pass|
        passed|redone|retaken|expensive|cost|hold|look|looks|wrong|bad|missing|stopping)(?: .+)?)?
    what (?:is|was|went|has gone|goes) wrong (?:with|in|at|on) <about>
    what (?:happened|is up) (?:with|to|at|in) <about>
    what is with <about>
    what (?:is|are) <about> (?:still )?(?:waiting (?:for|on)|stuck on|blocked (?:by|on)|held up by|missing)
    what (?:is )?(?:blocks|blocking|holding|keeps|holds|keeping)(?: up)? <about>(?: up| back)?
    explain <about>(?: to me)?
    (?:tell me|explain)(?: me| to me)? why <about> (?:failed|waits|is .+|was .+|did .+|has .+|were .+|are .+|fails|
        wait)
    who (?:made|drew|did|is making|makes|draws) <about>
    what made <about> fail
    what is (?:the )?(?:problem|matter|issue|trouble)(?: (?:with|in|on|at) <about>)?
    which (?:maker|model) (?:made|drew|did|makes) <about>
    what (?:failed|fails) (?:in|on|about|at) <about>
    why
    why not
    how come
    """,
    ),
    *templates(
        "status",
        r"""
    what is (?:there )?(?:on my (?:plate|table|desk|list)|for me)(?: to (?:do|see|decide))?
    (?:is )?(?:anything|something|anybody|anyone)(?: still| now)? waiting (?:on|for) (?:me|us)
    who is (?:still )?(?:waiting|wait|waits|blocked|blocking|holding up|stuck)(?: (?:on|for|by))? (?:whom|who|what|
        anyone|
        anybody)(?: here)?
    did (?:i|we) (?:break|ruin|spoil|destroy) (?:something|anything|it)
    what is next
    which (?:departments?|teams?) (?:are|is) (?:behind|late|ahead|slow|done|busy)
    next
    (?:let us see |let me see |show me |so )?what (?:we|you) have(?: got)?(?: so far| until now)?
    what have (?:we|you)(?: got)?(?: so far| until now)?
    what should (?:i|we) (?:look at|do|check|see|review|decide|know)(?: first| next| now| about)?
    is everything (?:alright|all right|okay|fine|going well)
    where do we stand
    how many (?:tasks|pictures|shots) .+
    (?:where|how) (?:are|do) (?:we|things|you)(?: (?:standing|at|now|doing|stand|going|getting on|getting along|
        coming along|looking|today))*
    status(?: (?:report|update|please))?(?: (?:of|on|for) <about>)?
    how is (?:it|everything|the film|the production) (?:going|coming|looking|coming along|getting on)
    progress(?: report)?(?: (?:of|on|for) <about>)?
    what is (?:the )?(?:status|state|progress|news|situation|score|up|new|happening|going on)(?: (?:of|on|with|in|
        for) <about>)?
    (?:any )?(?:news|updates?|progress)(?: (?:on|from|of|about|with) <about>)?
    (?:give me|show(?: me)?|tell me|i want)(?: (?:a|an|the))? (?:status|update|progress|overview|report|summary|
        where we are|state of things|inbox|news|dailies report)(?: (?:of|on|for) <about>)?
    what (?:is|are) (?:left|still open|open|missing|waiting|pending|still to do|to do|in the inbox|you waiting for|
        you doing|we waiting for|on my desk|waiting for me)(?: for me| to do)?
    what (?:needs|waits for|do you need from|requires|wants) me
    what do you need(?: from me)?
    what (?:failed|is done|is finished|is ready|was rejected|is unfinished|got approved|was approved|passed|
        has failed|is approved|did not pass|is running|is paused|happened|
        waits)(?: so far| already| today| overnight)?
    is (?:anything|something|there anything) (?:waiting|left|wrong|stuck|open|new|for me|i (?:need|have|
        should) (?:to )?do)(?: for me| to do)?
    anything (?:new|for me|wrong|waiting|left|stuck|i should know)
    how many (?:are|is|have) .+
    inbox
    dailies
    (?:are|is) (?:we|you|it|everything) (?:done|there|finished|ready|running|alright|all right|okay)(?: yet| already)?
    report
    what have you got(?: for me)?
    catch me up
    fill me in
    what did i miss
    """,
    ),
    *templates(
        "status_of",
        r"""
    (?:did|have|has) (?:i|we|anyone|anybody|somebody|you) (?:already |yet )?(?:approved?|accept(?:ed)?|reject(?:ed)?|
        see|seen|pass(?:ed)?|drop(?:ped)?) <about>(?: already| yet)?
    where (?:does|do|did) <about> stand
    how (?:are|do|is) (?:we|you|things|it|everything|the work) (?:doing|getting on|getting along|going|coming along|
        coming on|looking|faring) (?:with|on|for) <about>
    where (?:are|do) we (?:stand )?(?:on|with|in) <about>
    tell (?:me|us) (?:more )?about <about>
    (?:give me|i want|i need) (?:a|the) (?:rundown|summary|overview|update|report|state) (?:of|on|for) <about>
    which(?: of)? <about>
    who is (?:working on|doing|making|on) <about>
    is everything (?:alright|all right|okay|fine|going well) (?:with|on|for) <about>
    is (?:there )?anything (?:wrong|the matter) with <about>
    (?:how (?:is|are|about|goes|do|does)|what about|where (?:is|are)|what is up with|what is happening (?:with|to|in)|
        how far (?:is|are|along is|along are)|how well (?:is|are|did)) <about>(?: (?:doing|going|coming along|coming|
        getting on|now|at|looking|along|progressing|so far|look|looks|working out|faring|standing|stand))*
    (?:is|are|was|were|did|has|have) <about> (?:been |already |all |yet |still |being )*(?:approved|accepted|done|
        finished|ready|failed|fail|pass|passed|rejected|running|waiting|paused|blocked|stuck|made|good|okay|drawn|
        complete|completed|cancelled|omitted|started|through)(?: yet| already| now)?
    what state is <about> in
    status <about>
    check (?:on |in on |up on )?<about>
    """,
    ),
    *templates(
        "plan",
        r"""
    (?:the )?plan(?: (?:of|for) <about>)?
    (?:show(?: me)?|what is|let me see|give me|read me|tell me|list|see|open|view|walk me through|go through|explain|
        print out) (?:the |our |my |all |all the )?(?:whole |full |current )?(?:plan|call ?sheet|call sheet|tasks|
        shots|departments|shot ?list|requirements|brief|breakdown|cut|task list|list of (?:tasks|shots)|call list|
        prompts?)(?: (?:of|for) <about>)?
    (?:see |show(?: me| us)? |let me see |let us see |tell me |hear )?what (?:you|we) (?:have|had)(?: got)? (?:planned|
        in mind|in store)(?: (?:for|on|in) <about>)?
    (?:see |show(?: me| us)? |let me see |let us see |tell me |hear )?what (?:we|you|(?:each|every) (?:department|team)|
        the (?:departments|teams|crew)|everyone|everybody) (?:is|are|will) ?(?:going to )?(?:make|making|do|doing|draw|
        drawing|shoot|shooting|paint|painting|work on|working on)
    plan (?:by|per|of each|for each) (?:department|team|shot|sequence)
    (?:run|walk|take|talk|lead) (?:me|us) through (?:the |all the |our )?(?:shots|plan|tasks|cut|film|departments|edit)
    what is in the (?:cut|film|edit|movie)
    what (?:is|are) (?:planned|the plan|the tasks|the shots|in the plan|in <about>|asked of <about>|
        required of <about>|the (?:requirements|prompts?) (?:of|for) <about>)(?: for <about>)?
    what (?:must|should|does|will|do) <about> (?:show|be|contain|need|have|need to show|say)
    what (?:must|should) <about> look like
    what are (?:you|we) (?:going to (?:make|do|shoot)|making|shooting|planning)
    which (?:shots|tasks|departments)(?: (?:are there|do we have|have we|are planned|are in the plan))?
    what (?:shots|tasks|departments)(?: (?:are there|do we have|have we got))?
    what will (?:you|we) (?:make|do|shoot)
    (?:call ?sheet|shot list)
    who is (?:on|doing|making) what
    """,
    ),
    *templates(
        "show_takes",
        rf"""
    (?:start by |begin by )?(?:having|have|taking|take) a look at <about>
    takes(?: of| for)? <about>
    {_SHOW} what <about> (?:looks?|is looking|are looking) like(?: (?:now|so far|at the moment))*
    show(?: me| us)?(?: it| that| them| this)? (?:again|once more)
    put <about> (?:up )?(?:on (?:the )?screen|up)
    show(?: me| us)? what (?:you|we) have(?: got)? (?:for|of|on|in) <about>
    how many (?:takes|tries|attempts|versions) (?:did|does|do|has|have) <about> (?:need|have|take|get|had|got|
        make)(?: so far)?
    {_SHOW} (?:me )?(?:the )?<takes>(?: (?:of|for|from|on) <about>)?(?: again| look like| once more| please)?
    <takes>(?: (?:of|for) <about>)?
    {_SHOW} (?:me )?(?:all )?(?:the |of the |its |their |his |her )?(?:takes|pictures|results|versions|images|
        attempts|dailies|rushes)(?: (?:of|for|from|in|by) <about>)?(?: so far)?(?: again)?
    (?:which|what|how many) (?:takes|versions|pictures) (?:are there|do we have|have we|has|does|
        did)(?: of| for)? ?<about>?(?: have| got| make| has)?
    {_SHOW} <about>(?: look like| looks like| again| so far| now| to me)*
    what (?:do|does|did) <about> look like(?: now| so far)?
    <about> 's takes
    (?:all )?(?:the )?takes (?:of|for|from) <about>
    """,
    ),
)
