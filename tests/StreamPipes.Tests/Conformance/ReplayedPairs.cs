namespace StreamPipes.Tests.Conformance;

/// <summary>Pairs whose first stream was detached with a byte unread, which has been read since.</summary>
internal static class ReplayedPairs
{
    public static async Task<StreamPair> OverAsync(StreamPair pair)
    {
        PipeConnection connection = StreamConnection.Create(pair.Client);
        await pair.Server.WriteAsync("!"u8.ToArray()).Guarded();
        await pair.Server.FlushAsync().Guarded();
        System.IO.Pipelines.ReadResult result = await connection.Input.ReadAsync().Guarded();
        connection.Input.AdvanceTo(result.Buffer.Start);
        DetachedStream detached = await connection.DetachAsync().Guarded();
        detached.Stream.Should().NotBeSameAs(pair.Client);
        detached.Stream.ReadByte().Should().Be('!');
        return new StreamPair(detached.Stream, pair.Server, () => pair.DisposeAsync().AsTask());
    }
}
