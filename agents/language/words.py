"""The closed classes of picture English: numbers, colours, materials, adjectives, verbs, function words.

Nouns are open: whatever stands where a noun stands is one. So there is no list of things here, only of idioms whose
first word would otherwise be taken for an adjective.
"""

from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Split a line of words into a set."""
    return frozenset(text.split())


_COUNTING: Final = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty
    """
NUMBERS: Final[dict[str, int]] = {word: number for number, word in enumerate(_COUNTING.split(), start=1)}
NUMBER_WORDS: Final[dict[int, str]] = {number: word for word, number in NUMBERS.items()}

SINGULAR_DETERMINERS: Final = word_set("a an one another each every this that single lone solitary")
DETERMINERS: Final = SINGULAR_DETERMINERS | word_set(
    """
    the some several many few multiple various numerous all both these those its their his her my your our other
    any more most countless
    """
)

COLOURS: Final = word_set(
    """
    red orange yellow green blue purple pink brown black white gray grey gold golden silver beige tan violet
    indigo cyan magenta turquoise teal maroon navy crimson scarlet burgundy lilac lavender mauve ivory khaki
    azure emerald amber coral peach bronze aqua fuchsia ochre olive cream charcoal multicolored multicoloured
    colorful colourful rainbow
    """
)
SHADES: Final = word_set(
    """
    dark light pale bright deep neon pastel vivid dull soft hot navy sky royal lime forest olive blood baby mint
    rose lemon electric burnt off icy warm cool rich faded metallic midnight emerald
    """
)
THINGS_TOO: Final = word_set(
    """
    orange gold silver rose olive peach coral lavender cream charcoal bronze amber rainbow emerald violet glass
    wood stone metal ice paper plastic leather brick iron steel copper marble cotton rubber concrete ceramic
    bamboo straw crystal diamond clay light tan
    """
)
"""Colours and materials that are also things: `an orange`, `a glass`."""

MATERIALS: Final = word_set(
    """
    wood wooden stone metal metallic iron steel copper brass glass plastic leather paper cardboard brick
    concrete marble granite ceramic porcelain clay rubber cotton wool woolen woollen silk velvet denim lace
    linen bamboo straw wicker crystal diamond ice golden bronze felt fabric porcelain terracotta lego
    """
)
SIZES: Final = word_set(
    """
    small large big tiny huge little giant gigantic enormous massive tall short long medium miniature colossal
    mini mega oversized midsized wide narrow high low thin thick fat towering vast distant
    """
)
ADJECTIVES: Final = word_set(
    """
    old new young ancient modern rusty dirty clean shiny empty full broken ruined abandoned round square
    rectangular circular triangular oval oblong spherical cubic conical curved straight flat sharp pointed
    pointy smooth rough soft hard fluffy furry hairy woolly fuzzy striped spotted dotted checkered plaid plain
    patterned ornate fancy simple elegant beautiful pretty ugly cute lovely gorgeous happy sad angry scared
    surprised sleepy tired hungry calm fierce friendly evil good wild tame majestic mighty noble brave proud
    lonely quiet noisy loud busy crowded hot cold warm cool wet dry frozen burning glowing shining sparkling
    glittering dark bright light pale deep dense lush green grassy rocky sandy muddy dusty icy leafy mossy hilly
    steep snowy bare barren dead alive rotten ripe fresh raw open closed shut torn cracked chipped worn vintage
    antique retro futuristic medieval gothic rustic rural urban fantasy magical mystical enchanted haunted
    mysterious strange weird funny silly serious royal holy sacred fresh tasty delicious juicy sweet spicy salty
    creamy crispy transparent translucent opaque blurry matte glossy adorable grand great epic dramatic serene
    peaceful tranquil cozy cosy lively realistic detailed intricate delicate fragile heavy strong weak fast slow
    male female adult elderly blonde blond bald bearded barefoot curly wavy shaggy chubby skinny slim plump
    muscular armored armoured hooded winged horned masked robotic mechanical electric tropical exotic foreign
    domestic stray real fake natural artificial solid hollow double triple commercial professional industrial
    famous typical regular irregular upside-down sideways tilted upright vertical horizontal diagonal foamy wavy
    choppy melted whole bright bemused dignified unmade greek roman egyptian japanese chinese american
    mesoamerican athenian victorian nordic arctic alpine
    """
)
NOT_ADJECTIVES_ED: Final = word_set(
    """
    bed shed seed weed sled steed reed moped feed hundred thoroughbred bobsled bloodshed seabed flatbed speed
    deed greed breed creed need tweed
    """
)
PARTICIPLES: Final = word_set(
    """
    bent held made written built worn torn broken drawn hung caught thrown hidden grown blown woven stuck swept
    sunk laid
    """
)
"""Past participles not in -ed."""
AFTER_NOUN: Final = word_set("open closed shut alive ablaze aglow awake asleep upside-down ajar")
"""Adjectives that may follow their noun: `with the door open`."""
NOT_ADJECTIVES: Final = word_set(
    """
    table vegetable cable stable turntable timetable constable fish dish radish jellyfish goldfish starfish
    swordfish catfish bible crucible handful
    """
)
"""Nouns that end like adjectives."""
ANIMATE: Final = word_set(
    """
    man woman boy girl person child kid baby guy lady knight wizard witch king queen prince princess soldier
    warrior rider player skier surfer skateboarder farmer monk pirate sailor astronaut robot dancer singer hero
    giant elf dwarf fairy angel ghost monster dragon unicorn dog cat puppy kitten horse pony cow sheep goat pig
    bear wolf fox lion tiger elephant giraffe zebra monkey rabbit mouse rat squirrel deer bird eagle owl crow
    duck goose swan penguin chicken parrot fish shark whale dolphin turtle frog snake lizard spider bee
    butterfly ram pangolin toucan
    """
)
"""Who may be doing something when a verb follows: `a bed with a cat sleeping on it`."""

NOT_VERBS_ING: Final = word_set(
    """
    ring king wing string thing building ceiling painting wedding sibling spring evening morning clothing
    railing sling swing pudding earring dumpling duckling sapling awning drawing lightning offspring viking
    starling icing stocking frosting bedding herring being nothing something anything everything flooring siding
    paneling icing carving engraving roofing gosling farthing darling topping filling wiring
    """
)
PURPOSES: Final = word_set(
    """
    dining parking washing frying sewing swimming shopping cutting living landing steering drinking wedding
    fishing hunting rocking rolling ironing boxing bowling dressing waiting racing vending measuring mixing
    baking cooking playing building knitting magnifying operating recording chewing drawing painting wrapping
    sailing heating shaving
    """
)
"""Gerunds that say what a thing is for: `a dining table` is no table that dines."""

_IDIOMS: Final = """
    hot dog, hot air balloon, potted plant, stuffed animal, grand piano, high chair, polar bear, full moon, new
    moon, crescent moon, golden retriever, red panda, stained glass window, ice cream, ice cube, ice skate, ice
    rink, hard drive, soft drink, soft toy, high heel, sleeping bag, running shoe, flying saucer, walking stick,
    light bulb, light switch, gold medal, wood stove, wet suit, great wall, sweet potato, electric guitar,
    electric car, double bass, olive tree, olive oil, orange juice, orange tree, peach tree, rose garden, rose
    bush, paper clip, paper towel, rubber duck, rubber band, french fry, french toast, bald eagle, coral reef,
    charcoal grill, rainbow trout, flying fish, high school, killer whale, light saber, metal detector, new
    york, new york city, white board
    """
IDIOMS: Final = tuple(tuple(idiom.split()) for idiom in _IDIOMS.split(","))
"""Things whose first word reads like an adjective."""

_VERBS: Final = sorted(
    word_set(
        """
    sit stand lie lay sleep run walk jump fly swim float hover hang lean rest perch graze eat drink hold carry
    wear ride drive chase follow watch face fight attack guard kiss hug pet feed lead pull push throw catch kick
    hit climb crawl dance sing smile laugh cry shout look stare gaze point wave pose play read write cook glow
    shine burn smoke melt fall rise grow bloom drift sail soar dive dig kneel crouch bow march travel cross
    enter leave surround cover overlook touch grip grab raise lift drop use make build paint draw cast brandish
    wield brush tumble roll spin slide skate ski surf curl trip crash land gather share show view have contain
    feature depict reflect illuminate lick bite bark breathe spit shoot aim block park wait wander stroll emerge
    erupt flow stretch loom rear roar see get do go come take put try work tap argue circle listen sew plough dream pray
    greet meet lurk guide beckon gallop trot crouch peer glide dangle arrive depart tremble whisper knock
    """
    )
)
_IRREGULAR_ING: Final = {"lie": "lying", "ski": "skiing", "bow": "bowing", "tow": "towing"}
_DOUBLING: Final = word_set(
    """
    tap sit run swim pet hit dig skip trip grip grab drop cut spin spit hug put get stop step
    """
)
NOUNS_TOO: Final = word_set(
    """
    waves faces parks watches rings plays stands falls smokes lands covers drops points bows casts crosses
    leaves views uses shows rolls rides walks skates skis surfs waits  fights brushes smiles drinks
    burns trips lays lies slides spins circles dreams guides leads catches hits kicks throws grips blocks features
    """
)
"""Finite verbs that are as often plural nouns: verbs only where a determiner or preposition follows."""


def _gerund(verb: str) -> str:
    if verb in _IRREGULAR_ING:
        return _IRREGULAR_ING[verb]
    if verb in _DOUBLING:
        return f"{verb}{verb[-1]}ing"
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") else f"{verb}ing"


def _third(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"


GERUNDS: Final[dict[str, str]] = {_gerund(verb): _gerund(verb) for verb in _VERBS}
FINITE: Final[dict[str, str]] = {_third(verb): _gerund(verb) for verb in _VERBS}
"""Third-person forms to the gerund that names them in an atom."""

BASES: Final[dict[str, str]] = {
    verb: _gerund(verb)
    for verb in _VERBS
    if verb not in word_set(
    """
    rest face guard hug lead crash land bow shoot block park watch wave kiss fight smile light smoke spit bite
    show view share use fall rise drink ride walk jump run dance shout crawl cross cast brush roll spin slide
    skate ski surf curl trip drop work tap take cover point play cook burn feature
    """
)
}  # fmt: skip
"""Base forms that are rarely nouns: verbs after a plural, `zebras eat hay`."""

TRANSITIVE: Final[dict[str, str]] = {"having": "with", "containing": "with", "featuring": "with"}
"""Verbs that say no more than a preposition does."""

FUNCTION: Final = word_set(
    """
    a an the and or but of is are was were be been being am has have had do does did that which who whose whom
    what where when while as if then than so such very quite rather really extremely highly slightly somewhat
    too also just only even it its them they he she him his her hers their theirs there here this these those i
    we us you me my your our some any all both each every other another one ones each-other can could may might
    will would shall should must to for with from by s not no together several many few multiple various
    numerous please visible seen appears seems dozen like let me
    """
)
"""Words that carry structure, not content; a reading may leave them unsaid."""
