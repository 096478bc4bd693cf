using System.Reflection;
using CSharp7;

namespace StreamPipes.Tests.Listening;

/// <summary>The options of a listener: refused where they make no sense, copied, and read-only once in use.</summary>
public sealed class ListenerOptionsTests
{
    private static PropertyInfo[] Properties => typeof(PipeListenerOptions).GetProperties();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_number_below_one_is_refused(int number)
    {
        Refused(() => new PipeListenerOptions { Backlog = number }).Should().Contain("at least one");
        Refused(() => new PipeListenerOptions { MaximumConnections = number }).Should().Contain("at least one");
        Refused(() => new PipeListenerOptions { MaximumHandshakes = number }).Should().Contain("at least one");
    }

    [Fact]
    public void ShutdownTimeout_may_be_zero_or_infinite_and_is_one_that_a_timer_can_wait()
    {
        new PipeListenerOptions { ShutdownTimeout = TimeSpan.Zero }.ShutdownTimeout.Should().Be(TimeSpan.Zero);
        new PipeListenerOptions { ShutdownTimeout = Timeout.InfiniteTimeSpan }.ShutdownTimeout.Should().Be(Timeout.InfiniteTimeSpan);
        Refused(() => new PipeListenerOptions { ShutdownTimeout = TimeSpan.FromTicks(-1) }).Should().Contain("Timeout.InfiniteTimeSpan");
        Refused(() => new PipeListenerOptions { ShutdownTimeout = TimeSpan.FromDays(50) }).Should().Contain("49 days");
    }

    [Fact]
    public void Every_option_of_a_listener_is_copied()
    {
        PipeListenerOptions every = EverythingSet();

        PipeListenerOptions copy = new(every);

        foreach (PropertyInfo property in Properties)
        {
            property.GetValue(every).Should().NotBe(property.GetValue(new PipeListenerOptions()), $"{property.Name} has been set");
            property.GetValue(copy).Should().Be(property.GetValue(every), $"{property.Name} is copied");
        }
    }

    [Fact]
    public void A_copy_of_nothing_is_refused() => Assert.Throws<ArgumentNullException>("other", () => new PipeListenerOptions(null!));

    [Fact]
    public async Task A_listener_makes_its_options_read_only_and_those_of_its_connections_too()
    {
        PipeListenerOptions options = new() { Connection = new PipeConnectionOptions() };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);

        ShouldBeReadOnly(options);
        ShouldBeReadOnly(PipeListenerOptions.Default);
        Assert.Throws<InvalidOperationException>(() => options.Connection.LeaveOpen = true);
        new PipeListenerOptions(options) { Backlog = 7 }.Backlog.Should().Be(7);
    }

    private static PipeListenerOptions EverythingSet()
    {
        PipeListenerOptions options = EveryOption.SetListener();
#if !LIBRARY_NETSTANDARD
        options.Tls = TestCertificates.ServerOptions();
        options.TlsSelector = (_, _, _, _) => new(TestCertificates.ServerOptions());
#endif
        return options;
    }

    private static void ShouldBeReadOnly(PipeListenerOptions options)
    {
        foreach (PropertyInfo property in Properties)
        {
            object? before = property.GetValue(options);
            Action set = () => property.SetValue(options, property.GetValue(EverythingSet()));
            set.Should().Throw<TargetInvocationException>(property.Name).WithInnerException<InvalidOperationException>().WithMessage("*new PipeListenerOptions(options)*");
            property.GetValue(options).Should().Be(before);
        }
    }

    private static string Refused(Func<PipeListenerOptions> create) => Assert.Throws<ArgumentOutOfRangeException>("value", create).Message;
}
