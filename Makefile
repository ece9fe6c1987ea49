# Thin verbs over Maven. The Java is JAVA_HOME's, else the one on PATH: 17 to 25.

MVN := mvn --batch-mode --no-transfer-progress
JAVA := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/)java
SECONDS := 3600
RUNS := 20
RUN_SECONDS := 60
SEEDS := 1000
JOBS := 1
PART := lines
# What the fat jar's manifest opens to a server, and short rounds.
JMH_JVM := --add-exports java.base/jdk.internal.ref=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED --add-opens java.base/java.nio=ALL-UNNAMED -Xmx512m -Djava.io.tmpdir=target
JMH ?= -f 1 -wi 3 -w 2s -i 5 -r 2s -prof gc
SOURCES := pom.xml LICENSE $(shell find src/main -type f)

.DEFAULT_GOAL := help
.PHONY: help run build image reproducible test verify fuzz simulate bench jmh campaign cluster certs fmt clean

help: ## say what there is to say
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1 \2/p' $(MAKEFILE_LIST) | awk '{ verb = $$2; $$1 = $$2 = ""; printf "  make %-13s%s\n", verb, $$0 }'

run: target/creek ## serve from here, building when needed; ARGS="..." go to Creek
	@exec target/creek $(ARGS)

build: target/creek ## leave target/creek, the launcher, and target/creek-fat.jar, all else

image: target/creek ## leave target/creek-image.tar, for docker load or podman load; takes Linux and a JDK 17, but no engine
	@$(MVN) -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@$(JAVA) -cp target/test-classes:target/classes:$$(cat target/test.classpath) io.creek.ImageMain target/creek-fat.jar target/image target/creek-image.tar

reproducible: ## build the last commit twice, in two places, and compare the jars
	@MVN="$(MVN)" .ci/reproducible

test: ## run the unit, model and simulation tests
	@$(MVN) test

verify: ## test, build, and run the tests of whole processes
	@$(MVN) verify

fuzz: ## fuzz all targets until together they had SECONDS=... (3600), over any number of calls
	@$(MVN) -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@$(JAVA) -cp target/test-classes:target/classes:$$(cat target/test.classpath) io.creek.FuzzCampaignMain target/fuzz $(SECONDS)

simulate: ## simulate whole nodes from SEEDS=... seeds (1000), over any number of calls, on JOBS=... cores (1); SEED=... shows all of one
	@$(MVN) -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@$(JAVA) -Xmx1g -cp target/test-classes:target/classes:$$(cat target/test.classpath) io.creek.replication.ClusterSimulationMain $(if $(SEED),seed $(SEED),target/simulation $(SEEDS) $(JOBS))

bench: target/creek ## measure PART=... (lines, or load, stall, memory, start, scale) beside redis-server; ROUNDS=... KEYS="..." BENCH_SECONDS=... RATE=... FSYNC=... over the part's own; into target/bench
	@$(MVN) -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@$(JAVA) -cp target/test-classes:target/classes:$$(cat target/test.classpath) io.creek.bench.BenchMain $(PART) target/creek target/bench "ROUNDS=$(ROUNDS)" "KEYS=$(KEYS)" "BENCH_SECONDS=$(BENCH_SECONDS)" "RATE=$(RATE)" "FSYNC=$(FSYNC)"

jmh: ## run the microbenchmarks, ARGS="..." of them, as ARGS=WholePath; JMH="..." says how often, for how long, with which profilers
	@$(MVN) -q -Pbench test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/jmh.classpath
	@$(JAVA) -Djava.io.tmpdir=target -cp target/test-classes:target/classes:$$(cat target/jmh.classpath) org.openjdk.jmh.Main -jvmArgsAppend "$(JMH_JVM)" $(JMH) $(ARGS)

campaign: target/creek ## kill, freeze and cut off nodes of three under writes, until there were RUNS=... (20) of RUN_SECONDS=... (60); into target/campaign
	@$(MVN) -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@$(JAVA) -Dcreek.fatJar=target/creek-fat.jar -cp target/test-classes:target/classes:$$(cat target/test.classpath) io.creek.ClusterCampaignMain target/campaign $(RUNS) $(RUN_SECONDS)

cluster: target/creek ## run three nodes on this machine, clients on 8080, 8081 and 8082, until Ctrl-C
	@exec src/main/launcher/cluster target/creek

certs: ## make a CA and a certificate for the traffic between nodes in target/certs, NODES="..." (node)
	@src/main/launcher/certs target/certs $(NODES)

fmt: ## format the sources as the build demands
	@$(MVN) -q spotless:apply

clean: ## remove what was built
	@rm -rf target

# Maven makes the launcher last, so its age is that of the whole. Tests are compiled: one of their classes makes the archive.
target/creek: $(SOURCES)
	@$(MVN) -q package -DskipTests
