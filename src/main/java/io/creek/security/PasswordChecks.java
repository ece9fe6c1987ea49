package io.creek.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks passwords against their slow hashes, on one thread of its own. What was right once is known from then on by a fast hash with a key of this process alone, so that clients
 * that connect again wait for nobody.
 */
final class PasswordChecks {
    private static final int WAITING_MAX = 64;

    /** Who waits with more than so many others is one of a crowd, that gets a quarter of a processor together; alone one gets half. */
    private static final int CROWD = 8;

    private static final int CROWD_REST = 3;
    private static final int KEY_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private final ExecutorService thread = Executors.newSingleThreadExecutor(PasswordChecks::thread);
    /** Not the executor's own bound: a thousand refusals are to cost less than a thousand exceptions. */
    private final Semaphore places = new Semaphore(WAITING_MAX);
    /** By the hashes of users; {@link #forgetAllBut} bounds it. */
    private final Map<PasswordHash, byte[]> known = new ConcurrentHashMap<>();

    private final SecretKeySpec key;

    PasswordChecks(RandomGenerator random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    private static Thread thread(Runnable task) {
        Thread made = new Thread(task, "passwords");
        made.setDaemon(true);
        return made;
    }

    /** Whether a password was found to be that of one of the hashes before. Fast. */
    boolean isKnown(List<PasswordHash> hashes, byte[] password) {
        if (known.isEmpty()) {
            return false;
        }
        byte[] fast = fast(password);
        boolean found = false;
        for (PasswordHash hash : hashes) {
            byte[] of = known.get(hash);
            found |= of != null && MessageDigest.isEqual(of, fast);
        }
        return found;
    }

    /** Completes on the thread of the checks, or at once when that has too much to do. */
    CompletableFuture<LoginVerdict> check(List<PasswordHash> hashes, byte[] password) {
        if (!places.tryAcquire()) {
            return CompletableFuture.completedFuture(LoginVerdict.BUSY);
        }
        CompletableFuture<LoginVerdict> verdict = new CompletableFuture<>();
        thread.execute(() -> {
            places.release();
            verdict.complete(matches(hashes, password) ? LoginVerdict.RIGHT : LoginVerdict.WRONG);
        });
        return verdict;
    }

    private boolean matches(List<PasswordHash> hashes, byte[] password) {
        for (PasswordHash hash : hashes) {
            if (hash.matches(password, this::rest)) {
                known.put(hash, fast(password));
                return true;
            }
        }
        return false;
    }

    private int rest() {
        return WAITING_MAX - places.availablePermits() > CROWD ? CROWD_REST : 1;
    }

    /** The users have these hashes and no others any more. */
    void forgetAllBut(Collection<PasswordHash> hashes) {
        known.keySet().retainAll(hashes);
    }

    private byte[] fast(byte[] password) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(password);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + ": every Java has it", e);
        }
    }
}
