using System.IO.Pipelines;
using System.Net.Sockets;
using System.Reflection;
using CSharp7;

namespace StreamPipes.Tests.Lifetime;

/// <summary>
/// Options that make no sense are refused where they are set, with what to set instead; they can be copied, and are read-only once a connection uses them.
/// </summary>
public sealed class OptionsTests
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(uint.MaxValue);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void MinimumReadSize_and_MaximumWriteSize_below_one_are_refused(int size)
    {
        Refused(() => new PipeConnectionOptions { MinimumReadSize = size }).Should().Contain("at least one byte");
        Refused(() => new PipeConnectionOptions { MaximumWriteSize = size }).Should().Contain("at least one byte");
    }

    [Fact]
    public void MinimumReadSize_and_MaximumWriteSize_of_one_are_taken()
    {
        PipeConnectionOptions options = new() { MinimumReadSize = 1, MaximumWriteSize = 1 };

        options.MinimumReadSize.Should().Be(1);
        options.MaximumWriteSize.Should().Be(1);
    }

    [Fact]
    public void A_time_limit_is_positive_and_one_that_a_timer_can_wait_or_infinite()
    {
        foreach (Func<TimeSpan, PipeConnectionOptions> create in new Func<TimeSpan, PipeConnectionOptions>[]
        {
            limit => new() { CloseTimeout = limit },
            limit => new() { ConnectTimeout = limit },
            limit => new() { IdleTimeout = limit },
            limit => new() { WriteTimeout = limit },
            limit => new() { HandshakeTimeout = limit },
        })
        {
            Refused(() => create(TimeSpan.FromTicks(-1))).Should().Contain("Timeout.InfiniteTimeSpan");
            Refused(() => create(TooLong)).Should().Contain("49 days");
            create(Timeout.InfiniteTimeSpan).Should().NotBeNull();
            create(TooLong - TimeSpan.FromMilliseconds(1)).Should().NotBeNull();
            create(TimeSpan.FromTicks(1)).Should().NotBeNull();
        }
    }

    [Fact]
    public void Only_CloseTimeout_may_be_zero()
    {
        new PipeConnectionOptions { CloseTimeout = TimeSpan.Zero }.CloseTimeout.Should().Be(TimeSpan.Zero);
        Refused(() => new PipeConnectionOptions { ConnectTimeout = TimeSpan.Zero });
        Refused(() => new PipeConnectionOptions { IdleTimeout = TimeSpan.Zero });
        Refused(() => new PipeConnectionOptions { WriteTimeout = TimeSpan.Zero });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_scheduling_that_there_is_none_of_is_refused(int scheduling) =>
        Refused(() => new PipeConnectionOptions { Scheduling = (PumpScheduling)scheduling }).Should().Contain("no such PumpScheduling");

    [Fact]
    public void Every_option_can_be_set_in_CSharp_7_3()
    {
        PipeConnectionOptions defaults = new();
        PipeConnectionOptions every = EveryOption.Set();

        foreach (PropertyInfo property in Options.Where(property => !IsModernOnly(property)))
            property.GetValue(every).Should().NotBe(property.GetValue(defaults), $"{property.Name} has been set");
    }

    [Fact]
    public void Every_option_is_copied()
    {
        PipeConnectionOptions every = EverythingSet();

        PipeConnectionOptions copy = new(every);

        foreach (PropertyInfo property in Options)
        {
            property.GetValue(every).Should().NotBe(property.GetValue(new PipeConnectionOptions()), $"{property.Name} has been set");
            property.GetValue(copy).Should().Be(property.GetValue(every), $"{property.Name} is copied");
        }
    }

    [Fact]
    public void A_copy_of_nothing_is_refused() => Assert.Throws<ArgumentNullException>("other", () => new PipeConnectionOptions(null!));

    [Fact]
    public async Task Options_in_use_stay_as_they_are_while_their_copy_is_changed()
    {
        PipeConnectionOptions options = new() { MinimumReadSize = 7 };
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof(), options);

        PipeConnectionOptions copy = EveryOption.Copy(options);
        copy.MinimumReadSize = 8;

        ShouldBeReadOnly(options);
        (options.MinimumReadSize, copy.MinimumReadSize).Should().Be((7, 8));
        connection.Abort();
    }

    [Fact]
    public void The_defaults_are_read_only() => ShouldBeReadOnly(PipeConnectionOptions.Default);

    [Fact]
    public void An_instance_serves_any_number_of_connections_and_stays_read_only()
    {
        PipeConnectionOptions options = new();
        for (int i = 0; i < 3; i++) StreamConnection.Create(new ScriptedStream().Eof(), options).Abort();

        ShouldBeReadOnly(options);
    }

    public static TheoryData<string> Factories => new(Uses.Keys);

    [Theory]
    [MemberData(nameof(Factories))]
    public async Task A_connection_makes_its_options_read_only(string factory)
    {
        PipeConnectionOptions options = new();

        await Uses[factory](options).Guarded();

        ShouldBeReadOnly(options);
    }

    [Fact]
    public void A_refused_argument_leaves_the_options_open()
    {
        PipeConnectionOptions options = new();
        using MemoryStream stream = new();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Assert.Throws<ArgumentException>(() => StreamConnection.Create(stream, options));
        Assert.Throws<ArgumentException>(() => SocketConnection.Create(socket, options));

        options.LeaveOpen = true;
        options.LeaveOpen.Should().BeTrue();
    }

    [Fact]
    public async Task Nothing_changes_once_a_connection_has_looked_however_late_a_setter_comes()
    {
        for (int round = 0; round < 200; round++)
        {
            PipeConnectionOptions options = new();
            Task setting = Task.Run(() => Assert.Throws<InvalidOperationException>(() => CountUp(options)));
            if (round % 2 == 0) SpinWait.SpinUntil(() => options.MinimumReadSize != 4096, HangGuard.Limit);

            int seen = PipeConnectionOptions.InUse(options).MinimumReadSize;

            await setting.Guarded();
            options.MinimumReadSize.Should().Be(seen);
        }
    }

    private static PropertyInfo[] Options => typeof(PipeConnectionOptions).GetProperties();

    private static Dictionary<string, Func<PipeConnectionOptions, Task>> Uses { get; } = new(StringComparer.Ordinal)
    {
        ["StreamConnection.Create(stream)"] = options => EndAsync(StreamConnection.Create(new ScriptedStream(), options)),
        ["StreamConnection.Create(input, output)"] = options => EndAsync(StreamConnection.Create(new MemoryStream(), new MemoryStream(), options)),
        ["StreamConnection.CreateReader"] = options => StreamConnection.CreateReader(new MemoryStream(), options).CompleteAsync().AsTask(),
        ["StreamConnection.CreateWriter"] = options => StreamConnection.CreateWriter(new MemoryStream(), options).CompleteAsync().AsTask(),
        ["SocketConnection.Create"] = async options =>
        {
            (Socket near, Socket far) = await SocketPair.TcpAsync();
            far.Dispose();
            await EndAsync(SocketConnection.Create(near, options));
        },
        ["SocketConnection.ConnectAsync"] = async options =>
        {
            using Sockets.LoopbackListener listener = Sockets.LoopbackListener.IPv4();
            await EndAsync(await SocketConnection.ConnectAsync(listener.EndPoint, options));
        },
        ["SocketConnection.Listen"] = options => SocketConnection.Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), new PipeListenerOptions { Connection = options }).DisposeAsync().AsTask(),
#if !LIBRARY_NETSTANDARD
        ["TlsConnection.AuthenticateAsClientAsync(stream)"] = options => GiveUpAsync(token =>
            TlsConnection.AuthenticateAsClientAsync(DuplexPipe.CreatePair().Item1.AsStream(), TestCertificates.ClientOptions(), options, token)),
        ["TlsConnection.AuthenticateAsClientAsync(pipe)"] = options => GiveUpAsync(token =>
            TlsConnection.AuthenticateAsClientAsync(DuplexPipe.CreatePair().Item1, TestCertificates.ClientOptions(), options, token)),
        ["TlsConnection.AuthenticateAsServerAsync(stream)"] = options => GiveUpAsync(token =>
            TlsConnection.AuthenticateAsServerAsync(DuplexPipe.CreatePair().Item1.AsStream(), TestCertificates.ServerOptions(), options, token)),
        ["TlsConnection.AuthenticateAsServerAsync(pipe)"] = options => GiveUpAsync(token =>
            TlsConnection.AuthenticateAsServerAsync(DuplexPipe.CreatePair().Item1, TestCertificates.ServerOptions(), options, token)),
#endif
    };

    private static void CountUp(PipeConnectionOptions options)
    {
        for (int size = 1; size < int.MaxValue; size++) options.MinimumReadSize = size;
    }

    private static async Task EndAsync(PipeConnection connection)
    {
        connection.Abort();
        await connection.DisposeAsync();
    }

    /// <summary>In the middle of the handshake: the options are in use from its beginning.</summary>
    private static async Task GiveUpAsync(Func<CancellationToken, Task> handshake)
    {
        using CancellationTokenSource source = new();
        Task pending = handshake(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    private static PipeConnectionOptions EverythingSet()
    {
        PipeConnectionOptions options = EveryOption.Set();
#if !LIBRARY_NETSTANDARD
        options.RequireCloseNotify = true;
        options.TimeProvider = new ManualTimeProvider();
#endif
        return options;
    }

    /// <summary>.NET Standard has no types for them.</summary>
    private static bool IsModernOnly(PropertyInfo property) => property.Name is "TimeProvider" or "RequireCloseNotify";

    private static void ShouldBeReadOnly(PipeConnectionOptions options)
    {
        foreach (PropertyInfo property in Options)
        {
            object? before = property.GetValue(options);
            Action set = () => property.SetValue(options, property.GetValue(EverythingSet()));
            set.Should().Throw<TargetInvocationException>(property.Name).WithInnerException<InvalidOperationException>().WithMessage("*new PipeConnectionOptions(options)*");
            property.GetValue(options).Should().Be(before);
        }
    }

    private static string Refused(Func<PipeConnectionOptions> create) => Assert.Throws<ArgumentOutOfRangeException>("value", create).Message;
}
