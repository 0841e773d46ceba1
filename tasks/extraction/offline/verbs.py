"""Verbs of requests, by what they do."""

from tasks.extraction.offline.stopwords import word_set

SEARCHING = word_set(
    """
    guide advise assist find search look check see show list suggest recommend tell give get fetch lookup query
    browse read view display know hear explain describe inform help pull retrieve locate watch want
    """
)
TRANSACTING = word_set(
    """
    play secure book reserve buy purchase rent order schedule pay transfer send hire arrange cancel rebook refund
    sell subscribe register sign enroll reschedule
    """
)
WORKING = word_set(
    """
    accept access activate adapt add address adjust advise alert allow analyse analyze announce answer append apply
    approve archive arrange ask assess assign attach audit authenticate automate bake block brainstorm bring build
    bump bundle cache calculate call catch categorize change chart clarify classify clean clear click clone close
    code collect combine comment commit compare compile complete compose compress compute configure confirm connect
    construct continue convert copy correct count craft create crop debug decide declare decode decrease define
    delete deliver deploy design detect determine develop diagnose disable discard display document double download
    draft draw drop dump duplicate edit eliminate email enable encode encrypt engage enhance ensure enumerate
    establish estimate evaluate examine execute expand explore export expose extend extract factor figure file fill
    filter fix flag flip fold follow forget format formulate forward generate go grab group guide handle hide
    highlight identify ignore illustrate implement import improve include increase initialize insert inspect install
    integrate introduce invert investigate invite issue join jot keep kill label launch limit link lint load lock
    log lower make manage map mark match measure mention merge message migrate mind mock modify monitor move mute name
    navigate normalize note notify omit open optimize organise organize outline output overwrite parse pass paste
    perform pick pin plan play plot populate post prepare press print prioritize process produce profile program
    proofread propose provide publish push put raise rank rate record recreate redo reduce refactor reformat refresh
    refuel relocate remember remind remove rename reorder reorganize repair repeat replace reply report reproduce
    research reset resize resolve respond restart restore restructure retry retweet return revert review revise
    rewrite roll rotate run save say scan score scour select separate set setup share ship shorten shuffle shut
    simplify simulate skip solve sort specify spell spin split start stop store strip study submit subtract sum
    summarise summarize support surprise swap switch sync take tally talk tar teach test tidy toggle touch track
    train transform translate trim troubleshoot try turn tweak tweet type uncomment undo unify uninstall unlock
    unpack unzip update upgrade upload use validate verify visit visualise visualize wait walk warm warn wrap write
    zip
    """
)
VERBS = SEARCHING | TRANSACTING | WORKING

# Nouns as often as verbs: inside a sentence they open an order only before an article or pronoun.
ALSO_NOUNS = word_set(
    """
    book code copy design display document download draft draw email export filter file flag flip form format group
    guide hide import increase issue join label launch limit link list load lock log look map match measure merge
    message name note order output pass pay plan plot post press process profile program project promise question
    rank rate record rent reply report return review roll run sale save scan score search select separate set share
    ship skip sort spin split start store study support surprise swap switch talk test time touch track transfer
    trim try turn type update upgrade use value view visit wait walk watch work close open address figure cache
    color
    """
)

# What is done with the result of the order before: "research it and summarize the key points" is one request.
DELIVERING = word_set(
    """
    summarize summarise explain report list show tell describe verify check test confirm run commit save print
    return present compare give output display let make ensure see know include highlight put keep use submit
    validate
    """
)

# Verbs that take up what lies on the table.
REFINING = word_set("try choose pick surprise proceed continue confirm select keep ensure do go use cast")
