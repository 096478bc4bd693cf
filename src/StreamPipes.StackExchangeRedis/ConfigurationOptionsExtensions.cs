using StackExchange.Redis;
using StackExchange.Redis.Configuration;
using StreamPipes.StackExchangeRedis.Internal;

namespace StreamPipes.StackExchangeRedis;

/// <summary>Puts the connections of StackExchange.Redis on StreamPipes.</summary>
public static class ConfigurationOptionsExtensions
{
    /// <summary>Has every connection that is made with this configuration use a <see cref="PipeConnection"/> in the place of the client's own transport.</summary>
    /// <remarks>
    /// <para><b>Ownership.</b> The client owns the connections and closes each in order, within <see cref="PipeConnectionOptions.CloseTimeout"/>: what was written before is sent.</para>
    /// <para><b>What is honoured.</b> End points of every kind (addresses, names, Unix-domain sockets); <see cref="ConfigurationOptions.Ssl"/> with its host, protocols, certificates,
    /// callbacks and environment variables; <see cref="ConfigurationOptions.ConnectTimeout"/>, here for connecting and the TLS handshake together;
    /// <see cref="ConfigurationOptions.TcpKeepAlive"/>; <see cref="ConfigurationOptions.BeforeSocketConnect"/>, for each socket where the addresses of a name are raced. They are read
    /// at each connect, so properties may be set before or after this call. A clone made by the caller keeps reading those of <paramref name="configuration"/>: call this method on the clone.</para>
    /// <para><b>Tunnels.</b> A <see cref="ConfigurationOptions.Tunnel"/> that is set already, such as an HTTP proxy or a log, stays: it names the address, prepares the socket and
    /// may put a stream over it. One that brings a transport of its own fails the connect. Calling this method again replaces the options.</para>
    /// <para><b>Concurrency.</b> As for setting <see cref="ConfigurationOptions.Tunnel"/>: before the configuration is used to connect.</para>
    /// <para><b>Errors.</b> What fails a connect (a <see cref="System.Net.Sockets.SocketException"/>, an <see cref="System.Security.Authentication.AuthenticationException"/>, a
    /// <see cref="TimeoutException"/>) is reported by <see cref="ConfigurationOptions.ConnectionAttemptCompleted"/> and <see cref="ConnectionMultiplexer.ConnectionFailed"/>. An error of
    /// a connection ends it, and the client connects anew as its options say.</para>
    /// <para><b>Back-pressure.</b> None when sending, as in the client's own transport: commands are held in memory until the server takes them.</para>
    /// <para><b>Scheduling.</b> With <see cref="PumpScheduling.Default"/> a starved thread pool stops this transport as it stops the client's own.
    /// With <see cref="PumpScheduling.DedicatedThreads"/> each connection has two threads, and synchronous commands are answered however busy the pool is.</para>
    /// <para><b>Versions.</b> The client calls the seam that this uses experimental (SER009) and may change it in any version. A version outside the range of this package's
    /// dependency is untested: NuGet then warns (NU1608).</para>
    /// </remarks>
    /// <param name="configuration">The client's configuration. Its <see cref="ConfigurationOptions.Tunnel"/> is set.</param>
    /// <param name="options">
    /// How to read, write, schedule and close; <see langword="null"/> for the defaults. They are copied now. The thresholds of <see cref="PipeConnectionOptions.SendPipeOptions"/> have no
    /// effect. Under <see cref="PumpScheduling.Default"/> the client's parser runs on the receiving thread, and a lone caller's thread makes the write, unless they name schedulers.
    /// <see cref="PipeConnectionOptions.UseZeroByteReads"/> is off unless it is set: an idle connection holds one block.
    /// </param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configuration"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> say to leave the socket open, or to flush through, neither of which the client can use; or they have a PROXY header and the configuration has a tunnel.
    /// </exception>
    public static ConfigurationOptions UseStreamPipes(this ConfigurationOptions configuration, PipeConnectionOptions? options = null)
    {
        if (configuration is null) throw new ArgumentNullException(nameof(configuration));
        if (options is { LeaveOpen: true }) throw new ArgumentException("LeaveOpen would leave sockets open that no caller can reach.", nameof(options));
        if (options is { FlushThrough: true }) throw new ArgumentException("FlushThrough has each flush wait for its write, and the client does not wait.", nameof(options));
        Tunnel? below = configuration.Tunnel is PipeTunnel earlier ? earlier.Below : configuration.Tunnel;
        if (below is not null && options?.ProxyHeader is not null) throw new ArgumentException("A PROXY header precedes everything else on a socket, and the configuration has a tunnel that may precede it.", nameof(options));
        configuration.Tunnel = new PipeTunnel(configuration, options is null ? new PipeConnectionOptions() : new PipeConnectionOptions(options), below);
        return configuration;
    }
}
