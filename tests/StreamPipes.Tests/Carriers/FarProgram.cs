namespace StreamPipes.Tests.Carriers;

/// <summary>What the far side does, by hand and to the letter.</summary>
internal static class FarProgram
{
    private const int Seed = 5;

    /// <param name="far">The far end.</param>
    /// <param name="way">What the near side does.</param>
    /// <param name="asksByHalfClose">Whether the end of what the near side writes is the end of its request.</param>
    /// <param name="mayClose">Ends when the far side may close.</param>
    /// <param name="waitsBelow">Whether the far side shows its end only when what is below has ended.</param>
    public static async Task<FarReport> RunAsync(CarrierEnd far, Way way, bool asksByHalfClose, Task mayClose, bool waitsBelow = false)
    {
        // So that both sides are at work, and the near one has begun to read ahead.
        await far.WriteAsync(await far.ReadAsync(Content.Greeting.Length), Seed);
        (byte[] bytes, string end) = way switch
        {
            Way.AskAndReadTheAnswer or Way.CancelWaitsAndAsk => await AnswerAsync(far, asksByHalfClose),
            Way.FarClosesFirst => await CloseFirstAsync(far),
            Way.Detach => await TalkAsync(far),
            _ => await CarrierEnd.ReadToEndAsync(far.Input),
        };
        end += far.Farewell?.Invoke();
        if (way != Way.FarClosesFirst) await mayClose;
        return FarReport.Of(bytes, end + await far.CloseAsync(waitsBelow));
    }

    private static async Task<(byte[] Bytes, string End)> AnswerAsync(CarrierEnd far, bool asksByHalfClose)
    {
        if (asksByHalfClose)
        {
            (byte[] Bytes, string End) asked = await CarrierEnd.ReadToEndAsync(far.Input);
            await far.WriteAsync(Content.Answer, Seed);
            return asked;
        }

        byte[] request = await far.ReadAsync(Content.Request.Length);
        await far.WriteAsync(Content.Answer, Seed);
        return await AppendRestAsync(far, request);
    }

    /// <summary>Shows the end, where it can do so without the end of everything, and reads on.</summary>
    private static async Task<(byte[] Bytes, string End)> CloseFirstAsync(CarrierEnd far)
    {
        await far.WriteAsync(Content.Answer, Seed);
        if (far.HalfClose is null) return ([], "");
        await far.HalfCloseAsync();
        return await CarrierEnd.ReadToEndAsync(far.Input);
    }

    private static async Task<(byte[] Bytes, string End)> TalkAsync(CarrierEnd far)
    {
        byte[] first = await far.ReadAsync(Content.BeforeDetach);
        await far.WriteAsync(Content.Answer.AsMemory(0, Content.AnsweredBeforeDetach), Seed);
        byte[] afterDetach = await far.ReadAsync(1);
        Task answering = far.WriteAsync(Content.Answer.AsMemory(Content.AnsweredBeforeDetach), Seed);
        (byte[] Bytes, string End) all = await AppendRestAsync(far, [.. first, .. afterDetach]);
        await answering;
        return all;
    }

    private static async Task<(byte[] Bytes, string End)> AppendRestAsync(CarrierEnd far, byte[] first)
    {
        (byte[] rest, string end) = await CarrierEnd.ReadToEndAsync(far.Input);
        return ([.. first, .. rest], end);
    }
}
