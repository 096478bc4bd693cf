namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>Waits for what no event reports, such as what the server counts.</summary>
internal static class Soon
{
    /// <summary>Returns when it holds; throws after <see cref="HangGuard.Limit"/>.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource limit = new(HangGuard.Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"In {HangGuard.Limit} it has not come to pass: {what}.");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
