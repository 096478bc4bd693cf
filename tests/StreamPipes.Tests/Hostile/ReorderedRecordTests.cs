#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>Records that are genuine, each of them, and come twice or too late.</summary>
public sealed class ReorderedRecordTests
{
    public static MatrixTheoryData<SslProtocols, bool> Roles => CutSessionTests.Roles;

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_record_that_comes_twice_is_not_delivered_twice_and_is_an_error(SslProtocols protocol, bool isClient)
    {
        int first = await FirstMessageAsync(protocol, isClient);
        for (int i = 0; i < TamperedSession.Sizes.Count; i++)
        {
            TamperedSession session = await TamperedSession.RunAsync(protocol, isClient, new Tampering { Repeated = first + i });
            ShouldEndInAnError(session, TamperedSession.Sizes.Take(i + 1).Sum());
        }
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Records_that_change_places_are_not_delivered_and_are_an_error(SslProtocols protocol, bool isClient)
    {
        int first = await FirstMessageAsync(protocol, isClient);
        for (int i = 0; i < TamperedSession.Sizes.Count; i++)
        {
            // The last message changes places with close_notify, which would be an orderly end before its time.
            TamperedSession session = await TamperedSession.RunAsync(protocol, isClient, new Tampering { Swapped = first + i });
            ShouldEndInAnError(session, TamperedSession.Sizes.Take(i).Sum());
        }
    }

    private static async Task<int> FirstMessageAsync(SslProtocols protocol, bool isClient)
    {
        TamperedSession whole = await TamperedSession.RunAsync(protocol, isClient, Tampering.None);
        whole.Received.Should().Equal(TamperedSession.Messages);
        return whole.WholeRecords - TamperedSession.Sizes.Count - 1;
    }

    private static void ShouldEndInAnError(TamperedSession session, int authentic)
    {
        session.HandshakeFailed.Should().BeFalse("{0}", session);
        session.ReadTheEnd.Should().BeFalse("{0}", session);
        session.Error.Should().BeAssignableTo<IOException>("{0}", session);
        session.CloseReason.Should().Be(CloseReason.ReadFault, "{0}", session);

        // Not all of them: what SslStream decrypts in the same read as the false record is lost with it.
        session.Received.Should().Equal(TamperedSession.Messages[..session.Received.Length], "{0}", session);
        session.Received.Length.Should().BeLessThanOrEqualTo(authentic, "{0}", session);
    }
}
#endif
