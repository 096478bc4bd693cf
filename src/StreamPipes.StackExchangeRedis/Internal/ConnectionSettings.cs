using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>The options of one connection: the caller's, with what the client's configuration adds and what its seam asks for.</summary>
internal sealed class ConnectionSettings
{
    private const int SegmentSize = 32 * 1024;
    private const int Pause = 128 * 1024;
    private const int Resume = 64 * 1024;

    private readonly ConfigurationOptions _configuration;
    private readonly Action<Socket>? _configureSocket;
    private readonly EndPoint _endPoint;
    private readonly ConnectionType _connectionType;

    public ConnectionSettings(ConfigurationOptions configuration, PipeConnectionOptions options, EndPoint endPoint, ConnectionType connectionType)
    {
        _configuration = configuration;
        _configureSocket = options.ConfigureSocket;
        _endPoint = endPoint;
        _connectionType = connectionType;
        Options = new PipeConnectionOptions(options)
        {
            ConfigureSocket = Configure,
            SendPipeOptions = Sending(options),
            ReceivePipeOptions = Receiving(options),
            UseZeroByteReads = options.UseZeroByteReads ?? false,
        };
        Turns = Options.SendPipeOptions!.ReaderScheduler as SendTurns;
    }

    public PipeConnectionOptions Options { get; }

    /// <summary>What decides which thread writes; <see langword="null"/> where the caller's options do.</summary>
    public SendTurns? Turns { get; }

    /// <summary>For each socket that is made, before it connects.</summary>
    public void Configure(Socket socket)
    {
        if (_configuration.TcpKeepAlive && socket.ProtocolType == ProtocolType.Tcp) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        _configureSocket?.Invoke(socket);
        _configuration.BeforeSocketConnect?.Invoke(_endPoint, _connectionType, socket);
    }

    /// <summary>The client flushes under its lock and does not wait: a flush that waited for room could not be followed by another one.</summary>
    private static PipeOptions Sending(PipeConnectionOptions options)
    {
        PipeOptions given = options.SendPipeOptions ?? Usual;
        PipeScheduler pump = options.Scheduling == PumpScheduling.Default && given.ReaderScheduler == PipeScheduler.ThreadPool ? new SendTurns() : given.ReaderScheduler;
        return new PipeOptions(given.Pool, pump, given.WriterScheduler, pauseWriterThreshold: 0, resumeWriterThreshold: 0, given.MinimumSegmentSize, useSynchronizationContext: false);
    }

    /// <summary>The client's parser blocks no thread, so it runs on the receiving one.</summary>
    private static PipeOptions? Receiving(PipeConnectionOptions options)
    {
        if (options.Scheduling != PumpScheduling.Default) return options.ReceivePipeOptions;
        PipeOptions given = options.ReceivePipeOptions ?? Usual;
        if (given.ReaderScheduler != PipeScheduler.ThreadPool) return given;
        return new PipeOptions(
            given.Pool, PipeScheduler.Inline, given.WriterScheduler, given.PauseWriterThreshold, given.ResumeWriterThreshold, given.MinimumSegmentSize, useSynchronizationContext: false);
    }

    private static PipeOptions Usual { get; } = new(MemoryPool<byte>.Shared, pauseWriterThreshold: Pause, resumeWriterThreshold: Resume, minimumSegmentSize: SegmentSize, useSynchronizationContext: false);
}
