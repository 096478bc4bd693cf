using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamPipes.AspNetCore.Internal;

namespace StreamPipes.AspNetCore;

/// <summary>
/// Connection middleware for Kestrel's <c>ListenOptions</c> and every other <see cref="IConnectionBuilder"/>: puts something between the
/// transport and the server.
/// </summary>
/// <remarks>
/// <para><b>Order.</b> What is added first is nearest to the network. Under <c>UseHttps</c> a layer sees ciphertext, after it the bytes of HTTP.</para>
/// <para><b>Ownership.</b> The layer's connection is closed in order when the server is done with a client: what was written is sent, within
/// <see cref="PipeConnectionOptions.CloseTimeout"/>. The transport below stays the server's.</para>
/// <para><b>Concurrency.</b> The delegates run once per client, for many clients at once.</para>
/// <para><b>Errors.</b> What a delegate throws ends that client's connection, and the server logs it. A client that leaves is no error, as over the
/// server's own transports: flushes of <see cref="ConnectionContext.Transport"/> throw nothing but a cancellation and complete with
/// <see cref="System.IO.Pipelines.FlushResult.IsCompleted"/>, reads throw <see cref="ConnectionResetException"/> (the client's connection failed),
/// <see cref="ConnectionAbortedException"/> (an abort or a time limit on this side) or another <see cref="IOException"/>, and the server logs no more than
/// <see cref="LogLevel.Debug"/>. A layer that is aborted, or ended by a time limit, aborts the client's connection too. <see cref="BaseConnectionContext.ConnectionClosed"/>
/// fires above a layer when the layer has met what became of the client: from then on a read throws at once, as over the server's own sockets, whatever was received before.</para>
/// <para><b>Options.</b> Where none are given, a layer takes those that the application has configured,
/// <c>services.Configure&lt;PipeConnectionOptions&gt;(options => ...)</c>; a lambda changes a copy of them for one layer.</para>
/// </remarks>
public static class ConnectionBuilderExtensions
{
    /// <summary>Puts a duplex stream layer over the transport: a logging stream, a throttle, an obfuscation.</summary>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="layer">Wraps the transport's stream. The stream it returns must bear a read and a write at the same time.</param>
    /// <param name="options">
    /// How to read, write, schedule and close; <see langword="null"/> for those of <see cref="IOptions{TOptions}"/>, which are the defaults unless they are configured.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="layer"/> is <see langword="null"/>.</exception>
    public static TBuilder UseStreamLayer<TBuilder>(this TBuilder builder, Func<Stream, Stream> layer, PipeConnectionOptions? options = null)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(builder);
        options ??= Configured(builder);
        return builder.UsePipeConnection((context, _) =>
            new ValueTask<PipeConnection>(StreamConnection.Create(layer(ServerTransport.LendStream(context.Transport)), options)));
    }

    /// <summary>Puts a duplex stream layer over the transport, with options that a lambda sets.</summary>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="layer">Wraps the transport's stream. The stream it returns must bear a read and a write at the same time.</param>
    /// <param name="configure">Sets how to read, write, schedule and close. It runs once, now, on a copy of the configured options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static TBuilder UseStreamLayer<TBuilder>(this TBuilder builder, Func<Stream, Stream> layer, Action<PipeConnectionOptions> configure)
        where TBuilder : IConnectionBuilder => builder.UseStreamLayer(layer, Configured(builder, configure));

    /// <summary>Puts two one-way stream layers over the transport: the two halves of a compression.</summary>
    /// <remarks>
    /// <code>
    /// listen.UseStreamLayer(
    ///     input => new BrotliStream(input, CompressionMode.Decompress),
    ///     output => new BrotliStream(output, CompressionLevel.Fastest));
    /// </code>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="input">Wraps the stream that is read.</param>
    /// <param name="output">Wraps the stream that is written. It is disposed at the end, so that a trailer is sent.</param>
    /// <param name="options">
    /// How to read, write, schedule and close; <see langword="null"/> for those of <see cref="IOptions{TOptions}"/>, which are the defaults unless they are configured.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument other than <paramref name="options"/> is <see langword="null"/>.</exception>
    public static TBuilder UseStreamLayer<TBuilder>(this TBuilder builder, Func<Stream, Stream> input, Func<Stream, Stream> output, PipeConnectionOptions? options = null)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(builder);
        options ??= Configured(builder);

        // A stream for each half, so that disposing one layer does not take the other's stream away.
        return builder.UsePipeConnection((context, _) => new ValueTask<PipeConnection>(StreamConnection.Create(
            input(ServerTransport.LendStream(context.Transport)),
            output(ServerTransport.LendStream(context.Transport)),
            options)));
    }

    /// <summary>Puts two one-way stream layers over the transport, with options that a lambda sets.</summary>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="input">Wraps the stream that is read.</param>
    /// <param name="output">Wraps the stream that is written. It is disposed at the end, so that a trailer is sent.</param>
    /// <param name="configure">Sets how to read, write, schedule and close. It runs once, now, on a copy of the configured options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static TBuilder UseStreamLayer<TBuilder>(this TBuilder builder, Func<Stream, Stream> input, Func<Stream, Stream> output, Action<PipeConnectionOptions> configure)
        where TBuilder : IConnectionBuilder => builder.UseStreamLayer(input, output, Configured(builder, configure));

    /// <summary>
    /// Does the TLS handshake of every client, in the place of <c>UseHttps</c>: the same for the client and for the application, with a
    /// <see cref="PipeConnection"/> as the transport, its options, its time limits and its scheduling.
    /// </summary>
    /// <remarks>
    /// <code>
    /// using System.Net.Security;
    /// using StreamPipes;
    ///
    /// listen.UseTlsConnection(
    ///     new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null) },
    ///     new PipeConnectionOptions { HandshakeTimeout = TimeSpan.FromSeconds(5) });
    /// </code>
    /// <para><b>Protocols.</b> What was negotiated decides what the server speaks: with <c>h2</c> among
    /// <see cref="SslServerAuthenticationOptions.ApplicationProtocols"/>, HTTP/2. Left <see langword="null"/>, an end point of Kestrel offers what its
    /// <see cref="ListenOptions.Protocols"/> say.</para>
    /// <para><b>What the application sees.</b> Scheme and address are <c>https</c>. The features <c>ITlsConnectionFeature</c> (with the client's certificate),
    /// <c>ITlsHandshakeFeature</c>, <c>ITlsApplicationProtocolFeature</c> and <c>ISslStreamFeature</c> tell of the session, and stay readable after it. The
    /// stream is there for its properties: the connection reads and writes it. A client's certificate is asked for in the handshake or not at all
    /// (<see cref="SslServerAuthenticationOptions.ClientCertificateRequired"/>); it cannot be asked for later, because the connection reads ahead.</para>
    /// <para><b>Handshakes.</b> A client whose handshake fails, or takes longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>, is dropped; that is
    /// logged as <see cref="LogLevel.Debug"/>, in the category <c>StreamPipes.AspNetCore.Tls</c>.</para>
    /// <para><b>Order.</b> On an end point of Kestrel the TLS of the library comes instead of <c>UseHttps</c>, never with it.</para>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="tls">Certificate, application protocols, client certificates: as for <see cref="SslStream"/>. It is not changed.</param>
    /// <param name="options">
    /// How to read, write, schedule and close; <see langword="null"/> for those of <see cref="IOptions{TOptions}"/>, which are the defaults unless they are configured.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="tls"/> is <see langword="null"/>.</exception>
    public static TBuilder UseTlsConnection<TBuilder>(this TBuilder builder, SslServerAuthenticationOptions tls, PipeConnectionOptions? options = null)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tls);
        options ??= Configured(builder) ?? new PipeConnectionOptions();
        ILoggerFactory loggers = builder.ApplicationServices.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        ILogger logger = loggers.CreateLogger("StreamPipes.AspNetCore.Tls");
        ListenOptions? listen = builder as ListenOptions;

        // The protocols of an end point may be set after this call; the pipeline is built when all is said.
        builder.Use(next => new TransportSwap(next, new TlsMiddleware(listen is null ? tls : TlsEndPoint.WithProtocols(tls, listen.Protocols), options, logger).ConnectAsync).InvokeAsync);
        if (listen is not null) TlsEndPoint.Declare(listen, tls, options.HandshakeTimeout);
        return builder;
    }

    /// <summary>Does the TLS handshake of every client with <see cref="TlsConnection"/>, in the place of <c>UseHttps</c>, with options that a lambda sets.</summary>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="tls">Certificate, application protocols, client certificates: as for <see cref="SslStream"/>.</param>
    /// <param name="configure">Sets how to read, write, schedule and close. It runs once, now, on a copy of the configured options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static TBuilder UseTlsConnection<TBuilder>(this TBuilder builder, SslServerAuthenticationOptions tls, Action<PipeConnectionOptions> configure)
        where TBuilder : IConnectionBuilder => builder.UseTlsConnection(tls, Configured(builder, configure));

    /// <summary>Puts any <see cref="PipeConnection"/> in the place of the transport, for what the others do not cover.</summary>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="connect">
    /// Makes the connection, over <see cref="ConnectionContext.Transport"/> (<c>context.Transport.AsStream(leaveOpen: true)</c>: the transport stays the
    /// server's). The token is cancelled when the client has left.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="connect"/> is <see langword="null"/>.</exception>
    public static TBuilder UsePipeConnection<TBuilder>(this TBuilder builder, Func<ConnectionContext, CancellationToken, ValueTask<PipeConnection>> connect)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connect);
        builder.Use(next => new TransportSwap(next, async context => await connect(context, context.ConnectionClosed).ConfigureAwait(false)).InvokeAsync);
        return builder;
    }

    private static PipeConnectionOptions? Configured(IConnectionBuilder builder) => builder.ApplicationServices.GetService<IOptions<PipeConnectionOptions>>()?.Value;

    private static PipeConnectionOptions Configured(IConnectionBuilder builder, Action<PipeConnectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        PipeConnectionOptions options = Configured(builder) is { } configured ? new PipeConnectionOptions(configured) : new PipeConnectionOptions();
        configure(options);
        return options;
    }
}
