package io.creek.command;

/** What a table entry runs; the kind says what it may see. Implementations hold no state and are shared by all threads. */
public sealed interface Command
        permits KeyCommand,
                WalkCommand,
                SessionCommand,
                LoginCommand,
                StatusCommand,
                NodeCommand,
                ClientsCommand,
                BackupsCommand,
                WaitCommand,
                TransactionCommand {}
