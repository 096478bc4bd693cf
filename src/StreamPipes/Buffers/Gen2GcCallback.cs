namespace StreamPipes.Buffers;

/// <summary>Calls back after every full garbage collection, which is when memory is short or much has become garbage.</summary>
internal sealed class Gen2GcCallback
{
    private readonly Action _callback;

    public Gen2GcCallback(Action callback) => _callback = callback;

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "MA0055:Do not use finalizer", Justification = "Nothing else tells of a collection.")]
    ~Gen2GcCallback()
    {
        if (Environment.HasShutdownStarted) return;

        // It reaches the oldest generation after a few collections, and is then finalized by full ones only.
        _callback();
        GC.ReRegisterForFinalize(this);
    }
}
