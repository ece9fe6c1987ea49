package io.creek.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file cannot be written, in words: Java's exceptions have the file's name for a message, and often nothing else. */
final class FileProblem {
    private FileProblem() {}

    static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "no such directory";
        }
        boolean says = failure instanceof FileSystemException system && system.getReason() != null;
        return says ? String.valueOf(((FileSystemException) failure).getReason()) : failure.toString();
    }
}
