package io.creek.replication;

/** What the tests of single rules say, in one call: a fault that is planted in a class has to be found by them. */
final class MemberRules {
    private MemberRules() {}

    static void hold() {
        new HorizonTest().theFrontierIsTheLeastClosedVersionOfAll();
        new HorizonTest().itRisesWhenAllHaveComeToTheTimeAtWhichTheyHadIt();
        new HorizonTest().itWaitsForTheMostAdvancedClock();
        new HorizonTest().nobodyIsLeftOut();
        new HorizonTest().whatWasToldUnderAnotherListDoesNotCount();
        new HorizonTest().anotherListBeginsAgain();
        new HorizonTest().thereIsNoneBeforeTheListIsEstablished();
        new HorizonTest().anothersIsAdoptedOnceAllUpToItIsHere();
        new HorizonTest().aClosedVersionCountsOnceTheStreamHasComeToItsSequence();
        new MeetingTest().aNewNodeIsListedFirstAndJoinsThen();
        new MeetingTest().newNodesWaitForOneThatHasServed();
        new MeetingTest().nodesWithDataUniteWhileNoHorizonCanHaveRisen();
        new MeetingTest().whoBeganAboveTheBoundIsTakenInWithItsData();
        new MeetingTest().whoMayHaveOlderDataSetsItAside();
        new MeetingTest().whoHasServedSinceItWasListedSetsItsDataAside();
        new MeetingTest().whoBringsAnotherWithOlderDataIsNotTakenIn();
        new MeetingTest().twoClustersNeverBecomeOne();
        new MeetingTest().whoIsGivenUpSetsItsDataAside();
        new ForgettingTest().nobodyIsComparedWithBeforeItHasSeenIt();
        new ForgettingTest().aComparisonIsToldOfOnceItIsDurable();
        new ForgettingTest().itIsForgottenWhenEachHasComparedWithEachOther();
        new ForgettingTest().oneThatIsMissingKeepsIt();
        new ForgettingTest().whatWasComparedForAnEarlierOneDoesNotCount();
        new LostTailsTest().theCursorThatShowsALostTailStaysUntilThatIsNoted();
        new LostTailsTest().aTailThatIsFoundWhileAnOlderOneIsCrossedOutIsNotedAnew();
        new ReadinessTest().withoutDataItWaitsForOneThatHas();
        new ReadinessTest().withDataItWaitsForEveryReadyMemberThatIsThere();
        new ReadinessTest().thoseWhoAllStartedAtOnceServeWhenTheyAreEqual();
    }
}
