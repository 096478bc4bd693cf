namespace StreamPipes.Tests.Carriers;

/// <summary>A carrier and its two ends, the near one to be used by hand or through a connection, the far one always by hand.</summary>
internal sealed class Link : IAsyncDisposable
{
    public required Func<Task<CarrierEnd>> OpenRawAsync { get; init; }

    public required Func<PipeConnectionOptions, Task<PipeConnection>> OpenConnectionAsync { get; init; }

    public required Func<Way, Task, Task<FarReport>> RunFarAsync { get; init; }

    /// <summary>The far end, for a layer to be put over it; none if the far side is another process.</summary>
    public Func<Task<CarrierEnd>>? OpenFarAsync { get; init; }

    /// <summary>Whether the near side can show the end while it reads on.</summary>
    public required bool HasHalfClose { get; init; }

    /// <summary>Whether a connection over it can be detached: it stands on one stream.</summary>
    public bool CanDetach { get; init; } = true;

    /// <summary>Whether the far side sends back what it gets while it gets it, so that somebody has to read.</summary>
    public bool FarEchoes { get; init; }

    /// <summary>What the far side answers.</summary>
    public byte[] Answer { get; init; } = Content.Answer;

    /// <summary>Ends when a read waits in the near stream, where that can be known.</summary>
    public Func<Task>? WaitForPendingReadAsync { get; init; }

    /// <summary>What a connection leaves to its user.</summary>
    public Func<Task>? AfterConnection { get; init; }

    public CrashWatch Crashes { get; init; } = new();

    public Func<ValueTask>? CleanUp { get; init; }

    /// <summary>A carrier of one stream at each side, both there already.</summary>
    public static Link Between(CarrierEnd near, CarrierEnd far, bool farStaysOpen = false, Func<Task>? waitForPendingRead = null, Func<ValueTask>? cleanUp = null)
    {
        return new Link
        {
            OpenRawAsync = () => Task.FromResult(near),
            OpenConnectionAsync = options => Task.FromResult(ReferenceEquals(near.Input, near.Output) ? StreamConnection.Create(near.Input, options) : StreamConnection.Create(near.Input, near.Output, options)),
            OpenFarAsync = () => Task.FromResult(far),
            RunFarAsync = (way, nearIsDone) => FarProgram.RunAsync(far, way, near.HalfClose is not null, farStaysOpen ? nearIsDone : Task.CompletedTask),
            HasHalfClose = near.HalfClose is not null,
            CanDetach = ReferenceEquals(near.Input, near.Output),
            WaitForPendingReadAsync = waitForPendingRead,
            AfterConnection = near.Afterwards,
            CleanUp = cleanUp,
        };
    }

    public ValueTask DisposeAsync() => CleanUp?.Invoke() ?? default;
}
