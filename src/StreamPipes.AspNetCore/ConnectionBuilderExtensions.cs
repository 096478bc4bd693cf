using System.Net.Security;
using Microsoft.AspNetCore.Connections;
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
/// <para><b>Errors.</b> What a delegate throws ends that client's connection, and the server logs it.</para>
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
            new ValueTask<PipeConnection>(StreamConnection.Create(layer(context.Transport.AsStream(leaveOpen: true)), options)));
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
            input(context.Transport.AsStream(leaveOpen: true)),
            output(context.Transport.AsStream(leaveOpen: true)),
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
    /// Does the TLS handshake of every client with <see cref="TlsConnection"/>, in the place of <c>UseHttps</c>. The negotiated protocols are told to the
    /// server, so that <c>h2</c> among <see cref="SslServerAuthenticationOptions.ApplicationProtocols"/> gives HTTP/2.
    /// </summary>
    /// <remarks>
    /// A client whose handshake fails, or takes longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>, is dropped; that is logged as
    /// <see cref="LogLevel.Debug"/>.
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder, <c>ListenOptions</c> for Kestrel.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="tls">Certificate, application protocols, client certificates: as for <see cref="SslStream"/>.</param>
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
        options ??= Configured(builder);
        ILoggerFactory loggers = builder.ApplicationServices.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        TlsMiddleware middleware = new(tls, options, loggers.CreateLogger("StreamPipes.AspNetCore.Tls"));
        builder.Use(next => new TransportSwap(next, middleware.ConnectAsync).InvokeAsync);
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
    /// Makes the connection, over <see cref="ConnectionContext.Transport"/>. The token is cancelled when the client's connection has ended.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="connect"/> is <see langword="null"/>.</exception>
    public static TBuilder UsePipeConnection<TBuilder>(this TBuilder builder, Func<ConnectionContext, CancellationToken, ValueTask<PipeConnection>> connect)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connect);
        builder.Use(next => new TransportSwap(next, async (context, cancellationToken) => await connect(context, cancellationToken).ConfigureAwait(false)).InvokeAsync);
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
