using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests;

/// <summary>Options as an application configures them: by a lambda, by name, by a section of its configuration, for all layers or for one.</summary>
public sealed class OptionsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

    [Fact]
    public async Task Options_that_an_application_configures_serve_connections_and_cannot_be_changed_then()
    {
        ServiceCollection services = new();
        services.Configure<PipeConnectionOptions>(options => options.IdleTimeout = Limit);
        services.Configure<PipeConnectionOptions>("patient", options => options.IdleTimeout = 2 * Limit);
        services.PostConfigure<PipeConnectionOptions>(options => options.MinimumReadSize = 100);
        await using ServiceProvider provider = services.BuildServiceProvider();
        PipeConnectionOptions options = provider.GetRequiredService<IOptions<PipeConnectionOptions>>().Value;

        for (int i = 0; i < 2; i++)
        {
            await using PipeConnection connection = StreamConnection.Create(new MemoryStream(), new MemoryStream(), options);
        }

        (options.IdleTimeout, options.MinimumReadSize).Should().Be((Limit, 100));
        provider.GetRequiredService<IOptionsMonitor<PipeConnectionOptions>>().Get("patient").IdleTimeout.Should().Be(2 * Limit);
        FluentActions.Invoking(() => options.IdleTimeout = Limit).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public async Task Options_come_from_a_section_of_the_configuration()
    {
        Dictionary<string, string?> values = new(StringComparer.Ordinal)
        {
            ["pipes:IdleTimeout"] = "00:07:00",
            ["pipes:Scheduling"] = "ThreadPool",
            ["pipes:UseZeroByteReads"] = "false",
            ["pipes:MaximumWriteSize"] = "1000",
        };
        ServiceCollection services = new();
        services.Configure<PipeConnectionOptions>(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("pipes"));
        await using ServiceProvider provider = services.BuildServiceProvider();

        PipeConnectionOptions options = provider.GetRequiredService<IOptions<PipeConnectionOptions>>().Value;

        (options.IdleTimeout, options.Scheduling, options.UseZeroByteReads, options.MaximumWriteSize).Should().Be((Limit, PumpScheduling.ThreadPool, false, 1000));
    }

    [Fact]
    public void A_lambda_changes_a_copy_of_what_is_configured_for_one_layer()
    {
        List<PipeConnectionOptions> changed = [];
        ConnectionBuilder builder = Builder(out PipeConnectionOptions configured);

        builder.UseTlsConnection(TestCertificates.ServerOptions(), Change);
        builder.UseStreamLayer(stream => stream, Change);
        builder.UseStreamLayer(input => new GZipStream(input, CompressionMode.Decompress), output => new GZipStream(output, CompressionMode.Compress), Change);

        changed.Should().HaveCount(3).And.OnlyHaveUniqueItems().And.NotContain(configured);
        changed.Should().OnlyContain(options => options.IdleTimeout == Limit && options.WriteTimeout == 2 * Limit);
        configured.WriteTimeout.Should().Be(Timeout.InfiniteTimeSpan);

        void Change(PipeConnectionOptions options)
        {
            options.WriteTimeout = 2 * Limit;
            changed.Add(options);
        }
    }

    [Fact]
    public async Task Every_layer_serves_its_clients_with_the_options_of_its_lambda()
    {
        List<PipeConnectionOptions> used = [];
        await using TestServer server = await TestServer.StartAsync(listen =>
        {
            listen.UseStreamLayer(stream => stream, used.Add);
            listen.UseStreamLayer(input => new GZipStream(input, CompressionMode.Decompress), output => new GZipStream(output, CompressionMode.Compress), used.Add);
            listen.UseTlsConnection(TestCertificates.ServerOptions(), used.Add);
        });
        await using PipeConnection raw = await SocketConnection.ConnectAsync(server.EndPoint).Guarded();
        await using PipeConnection unzipped = StreamConnection.Create(
            new GZipStream(raw.Input.AsStream(), CompressionMode.Decompress), new GZipStream(raw.Output.AsStream(), CompressionMode.Compress));
        await using PipeConnection client = await TlsConnection.AuthenticateAsClientAsync(unzipped.AsStream(), TestCertificates.ClientOptions()).Guarded();

        await client.Output.WriteTextAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Encoding.ASCII.GetString(await client.Input.TakeAllAsync()).Should().StartWith("HTTP/1.1 200 OK");
        used.Should().HaveCount(3).And.OnlyHaveUniqueItems();
        foreach (PipeConnectionOptions options in used) FluentActions.Invoking(() => options.LeaveOpen = true).Should().Throw<InvalidOperationException>("a connection uses them");
        client.Abort();
        raw.Abort();
    }

    [Fact]
    public async Task Layers_without_options_take_those_that_the_application_has_configured()
    {
        ConnectionBuilder builder = Builder(out PipeConnectionOptions configured);
        builder.UseStreamLayer(stream => stream);
        builder.Run(_ => Task.CompletedTask);
        await using PipeConnectionContext context = new(StreamConnection.Create(DuplexPipe.CreatePair().Item1.AsStream()));

        await builder.Build()(context).Guarded();

        FluentActions.Invoking(() => configured.LeaveOpen = true).Should().Throw<InvalidOperationException>("the layer's connection uses them");
        context.Connection.Abort();
    }

    [Fact]
    public void A_missing_lambda_or_builder_is_refused_by_name()
    {
        ConnectionBuilder builder = Builder(out _);
        ConnectionBuilder none = null!;
        Action<PipeConnectionOptions> nothing = null!;
        FluentActions.Invoking(() => builder.UseStreamLayer(stream => stream, nothing)).Should().Throw<ArgumentNullException>().WithParameterName("configure");
        FluentActions.Invoking(() => builder.UseStreamLayer(input => input, output => output, nothing)).Should().Throw<ArgumentNullException>().WithParameterName("configure");
        FluentActions.Invoking(() => builder.UseTlsConnection(new(), nothing)).Should().Throw<ArgumentNullException>().WithParameterName("configure");
        FluentActions.Invoking(() => none.UseStreamLayer(stream => stream, _ => { })).Should().Throw<ArgumentNullException>().WithParameterName("builder");
        FluentActions.Invoking(() => none.UseTlsConnection(new(), _ => { })).Should().Throw<ArgumentNullException>().WithParameterName("builder");
    }

    private static ConnectionBuilder Builder(out PipeConnectionOptions configured)
    {
        ServiceCollection services = new();
        services.Configure<PipeConnectionOptions>(options => options.IdleTimeout = Limit);
        ServiceProvider provider = services.BuildServiceProvider();
        configured = provider.GetRequiredService<IOptions<PipeConnectionOptions>>().Value;
        return new ConnectionBuilder(provider);
    }
}
