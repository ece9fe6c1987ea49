package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What nodes with peers listen on and send, as the kernel and a packet capture tell it: one interface, and no multicast. Left out where the test may
 * not make network namespaces, or tcpdump is not installed.
 */
@Timeout(200)
class BusPortIT {
    @TempDir
    private Path directory;

    @Test
    void onlyTheConfiguredAddressIsBoundAndNothingIsSentToAGroup() throws Exception {
        Optional<String> missing = NamespaceNetwork.missing("tcpdump", "--version");
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        ServerProcess capture = ServerProcess.start(
                directory, Map.of(), NamespaceNetwork.command(BusPortMain.class, List.of(directory.toString())));
        try (capture) {
            int code = capture.awaitExit(180);
            System.out.println(capture.out());
            assertThat(code).as(capture.out() + capture.err()).isZero();
        }
    }
}
