namespace StreamPipes.Tests.Guards;

/// <summary>A change of the public API shows as a change of a text file.</summary>
public sealed class PublicApiTests
{
    /// <summary>netstandard2.0 has neither SslClientAuthenticationOptions nor TimeProvider.</summary>
    private static readonly string[] ModernOnly =
    [
        "StreamPipes.PipeConnection.Tls ",
        "StreamPipes.PipeConnectionOptions.RequireCloseNotify ",
        "StreamPipes.PipeConnectionOptions.TimeProvider ",
        "StreamPipes.PipeListenerOptions.Tls",
        "StreamPipes.TlsConnection",
        "StreamPipes.TlsSession",
    ];

    [Fact]
    public Task The_public_api_is_the_approved_one() => PublicApiSnapshot.CheckAsync(PublicApiSnapshot.Library, PublicApiSnapshot.Target);

    [Fact]
    public void Every_target_has_the_same_api_but_for_what_the_old_framework_lacks()
    {
        string[] modern = File.ReadAllLines(PublicApiSnapshot.PathOf("net10.0"));
        string[] standard = File.ReadAllLines(PublicApiSnapshot.PathOf("netstandard2.0"));
        File.ReadAllLines(PublicApiSnapshot.PathOf("net8.0")).Should().Equal(modern);
        standard.Except(modern, StringComparer.Ordinal).Should().BeEmpty();
        modern.Except(standard, StringComparer.Ordinal)
            .Where(line => !ModernOnly.Any(start => line.StartsWith(start, StringComparison.Ordinal)))
            .Should().BeEmpty();
    }
}
