namespace StreamPipes.Tests.Carriers;

/// <summary>
/// Counts where a stream over native code would have crashed the process now and then: a dispose concurrent with a read or a write of the same stream takes
/// memory away from a thread that works on it.
/// </summary>
internal sealed class CrashWatch
{
    private int _crashes;

    public int Crashes => Volatile.Read(ref _crashes);

    /// <summary>The watch of one stream.</summary>
    public Watched New() => new(this);

    internal sealed class Watched(CrashWatch watch)
    {
        private int _operations;

        /// <summary>Before an operation begins; <see cref="RunAsync{T}"/> follows.</summary>
        public void Enter() => Interlocked.Increment(ref _operations);

        public async ValueTask<T> RunAsync<T>(ValueTask<T> operation)
        {
            try
            {
                return await operation;
            }
            finally
            {
                Interlocked.Decrement(ref _operations);
            }
        }

        public async ValueTask RunAsync(ValueTask operation)
        {
            try
            {
                await operation;
            }
            finally
            {
                Interlocked.Decrement(ref _operations);
            }
        }

        /// <summary>Before the stream is disposed.</summary>
        public void NoteDispose()
        {
            if (Volatile.Read(ref _operations) != 0) Interlocked.Increment(ref watch._crashes);
        }
    }
}
