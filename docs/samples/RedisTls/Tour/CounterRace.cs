namespace RedisTls;

/// <summary>
/// Many callers on one connection, each with a counter of its own and a window of commands under way. Each reply must be exactly the caller's next
/// number: a reply that went to the wrong caller, or twice, or out of order, would show.
/// </summary>
internal sealed class CounterRace(RedisClient client, TextWriter output, string prefix)
{
    public const int Callers = 50;
    public const int CommandsPerCaller = 2_000;
    public const int Commands = Callers * CommandsPerCaller;

    private const int Window = 40;
    private const int ProgressStep = 20_000;

    private readonly Lock _reporting = new();
    private int _done;

    public static string Key(string prefix, int caller) => FormattableString.Invariant($"{prefix}caller:{caller}");

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(Key(prefix, caller), cancellationToken)));

    private async Task CallAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Task<long>[] window = new Task<long>[Window];
        for (int sent = 0; sent < CommandsPerCaller; sent += Window)
        {
            for (int i = 0; i < Window; i++) window[i] = client.IncrementAsync(key, cancellationToken);
            long[] numbers = await Task.WhenAll(window);
            for (int i = 0; i < Window; i++)
            {
                if (numbers[i] != sent + i + 1)
                    throw new TourFailedException(FormattableString.Invariant($"{key}: expected {sent + i + 1}, the reply was {numbers[i]}"));
            }

            int done = Interlocked.Add(ref _done, Window);
            if (done % ProgressStep < Window) Report(done - (done % ProgressStep));
        }
    }

    private void Report(int done)
    {
        lock (_reporting) output.WriteLine(FormattableString.Invariant($"  {done:N0} of {Commands:N0} pipelined commands answered"));
    }
}
