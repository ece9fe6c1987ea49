package io.creek.replication;

final class ClusterSimulationMain {
    private ClusterSimulationMain() {}

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        ClusterSimulation.Counts counts = ClusterSimulation.Counts.NONE;
        long begun = System.nanoTime();
        for (long seed = first; seed < first + count; seed++) {
            counts = counts.plus(
                    count == 1 ? ClusterSimulation.runTraced(seed, 1_000_000) : ClusterSimulation.run(seed));
        }
        System.out.println(counts + " " + (System.nanoTime() - begun) / 1_000_000 / count + " ms a seed");
    }
}
