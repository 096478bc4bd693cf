namespace StreamPipes.State;

/// <summary>What the ends and the pumps of a connection report upward, and ask of it. Facts they read from <see cref="ConnectionState"/>.</summary>
internal interface IConnectionEvents
{
    /// <summary>Whether there is no other direction, so that completing this one ends the connection.</summary>
    bool IsOneWay { get; }

    /// <summary>Ends when the stream has been released; faults with the first error.</summary>
    Task Completion { get; }

    void OnInputCompleted();

    void OnOutputCompleted();

    void OnReceiveEnded();

    void OnSendEnded();

    void Abort(Exception? reason);

    /// <summary>Half-closes the stream, with no read concurrent to it where the stream does not allow one.</summary>
    Task ShutdownWritesAsync();

    /// <summary>The refusal of a call on an end that was completed.</summary>
    Exception NotAllowed(string what);
}
