#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Hostile;

/// <summary>Runs a session for every offset of what the peer sends: each of them in the long run, a part in the normal one.</summary>
internal static class EveryOffset
{
    private const int Part = 29;

    public static async Task RunAsync(SslProtocols protocol, bool isClient, Func<long, Tampering> tamper, Action<TamperedSession, long> judge, PipeConnectionOptions? options = null)
    {
        TamperedSession whole = await TamperedSession.RunAsync(protocol, isClient, Tampering.None);
        whole.Error.Should().BeNull();
        whole.Received.Should().Equal(TamperedSession.Messages);
        int length = (int)whole.Forwarded;

        // The last bytes are records of messages and of the close: all of them, always.
        long[] offsets = [.. Enumerable.Range(0, length).Where(offset => LongRun.IsOn || offset % Part == 0 || offset > length - Part).Select(offset => (long)offset)];
        await LongRun.RepeatAsync(offsets.Length, async i =>
        {
            Tampering tampering = tamper(offsets[i]);
            TamperedSession session = await TamperedSession.RunAsync(protocol, isClient, tampering, options);

            // Signatures differ in length by a byte or two, so that the last offsets may lie behind the whole session.
            bool isCut = tampering.CutAt != long.MaxValue;
            if (!isCut || session.WholeRecords < whole.WholeRecords) judge(session, offsets[i]);
        });
    }
}
#endif
