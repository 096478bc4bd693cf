using System.Diagnostics;

namespace StreamPipes.Tests.Carriers;

/// <summary>One run of one way over one carrier, by hand or through a connection.</summary>
internal static class Run
{
    /// <summary>Longer than <see cref="Limit"/>: no run may depend on a time limit to end.</summary>
    private static readonly PipeConnectionOptions Options = new() { CloseTimeout = TimeSpan.FromMinutes(2) };

    private static TimeSpan Limit => Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(40);

    /// <returns>What it came to, and whether that is whole.</returns>
    public static async Task<(Outcome Outcome, bool IsWhole)> MakeAsync(Func<Task<Link>> connect, Way way, bool isRaw, int seed)
    {
        await using Link link = await connect();
        TaskCompletionSource nearIsDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<FarReport> far = Task.Run(() => link.RunFarAsync(way, nearIsDone.Task));
        User? user = null;
        Task<Outcome> run = Task.Run(async () =>
        {
            user = isRaw ? new RawUser(await link.OpenRawAsync()) : new ConnectionUser(await link.OpenConnectionAsync(Options), link);
            (string? answer, string end) = await UseAsync(user, link, way, seed);
            nearIsDone.SetResult();
            return new Outcome(await far, answer, end, link.Crashes.Crashes);
        });
        try
        {
            Outcome outcome = await run.WaitAsync(Limit);
            return (outcome, outcome.IsWhole(link, way));
        }
        catch (TimeoutException)
        {
            string state = far.IsCompletedSuccessfully ? $"{far.Result}" : $"{far.Status} {far.Exception?.InnerException}";
            return (new Outcome(new FarReport(0, "", state), AnswerHash: null, $"not ended after {Limit}: {user}", link.Crashes.Crashes), false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (new Outcome(new FarReport(0, "", ""), AnswerHash: null, e.ToString(), link.Crashes.Crashes), false);
        }
    }

    private static async Task<(string? Answer, string End)> UseAsync(User user, Link link, Way way, int seed)
    {
        await user.WriteAsync(Content.Greeting, seed);
        (await user.ReadAsync(Content.Greeting.Length)).Should().Equal(Content.Greeting);
        if (user is ConnectionUser && way != Way.FarClosesFirst && link.WaitForPendingReadAsync is not null) await link.WaitForPendingReadAsync();
        switch (way)
        {
            case Way.AskAndReadTheAnswer:
                return await AskAsync(user, link, seed);
            case Way.CancelWaitsAndAsk:
                await user.CancelWaitsAsync();
                return await AskAsync(user, link, seed);
            case Way.FarClosesFirst:
                return (Payload.HashOf(await user.ReadToEndAsync()), await user.CloseAsync());
            case Way.Detach:
                return await DetachAsync(user, seed);
        }

        if (way == Way.InputCompletedFirst) user.CompleteInput();
        bool discards = link.FarEchoes && (way != Way.InputCompletedFirst || user is RawUser);
        if (discards) user.BeginDiscarding();
        await user.WriteAsync(Content.Request, seed);
        if (way != Way.WriteAndDispose) await user.CompleteOutputAsync();
        if (discards) await user.StopDiscardingAsync();
        return (null, await user.CloseAsync());
    }

    private static async Task<(string? Answer, string End)> AskAsync(User user, Link link, int seed)
    {
        await user.WriteAsync(Content.Request, seed);
        await user.CompleteOutputAsync();
        byte[] answer = link.HasHalfClose ? await user.ReadToEndAsync() : await user.ReadAsync(link.Answer.Length);
        return (Payload.HashOf(answer), await user.CloseAsync());
    }

    private static async Task<(string? Answer, string End)> DetachAsync(User user, int seed)
    {
        await user.WriteAsync(Content.Request.AsMemory(0, Content.BeforeDetach), seed);
        byte[] first = await user.ReadAsync(Content.ReadBeforeDetach);
        user = await user.DetachAsync();
        await user.WriteAsync(Content.Request.AsMemory(Content.BeforeDetach), seed);
        byte[] second = await user.ReadAsync(Content.Answer.Length - Content.ReadBeforeDetach);
        return (Payload.HashOf([.. first, .. second]), await user.CloseAsync());
    }
}
