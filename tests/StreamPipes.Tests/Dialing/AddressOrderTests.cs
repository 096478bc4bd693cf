using System.Net;
using StreamPipes.Dialing;

namespace StreamPipes.Tests.Dialing;

/// <summary>RFC 8305, section 4.</summary>
public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("::1 ::2 10.0.0.1 10.0.0.2", "::1 10.0.0.1 ::2 10.0.0.2")]
    [InlineData("10.0.0.1 ::1 ::2 ::3", "10.0.0.1 ::1 ::2 ::3")]
    [InlineData("::1 10.0.0.1 10.0.0.2 10.0.0.3 ::2", "::1 10.0.0.1 ::2 10.0.0.2 10.0.0.3")]
    [InlineData("10.0.0.2 10.0.0.1", "10.0.0.2 10.0.0.1")]
    public void The_families_take_turns_and_each_keeps_the_order_of_the_resolver(string resolved, string tried) =>
        string.Join(' ', AddressOrder.Interleave([.. resolved.Split(' ').Select(IPAddress.Parse)])).Should().Be(tried);
}
