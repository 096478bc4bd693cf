using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StreamPipes.Framing;

namespace JsonLines;

internal sealed record Question(int Id, string Text);

internal sealed record Answer(int? Id = null, int? Words = null, string? Error = null);

/// <summary>One JSON text a line. The code for the types is generated when the sample is compiled, so it works with Native AOT.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class Messages : JsonSerializerContext
{
    public static FrameFormat Format { get; } = FrameFormat.JsonLines(maximumLength: 4096);

    /// <exception cref="JsonException">The line is not one JSON text of this type.</exception>
    public static T Read<T>(in ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        Utf8JsonReader reader = new(line);
        T? message = JsonSerializer.Deserialize(ref reader, type);

        // Throws if more follows on the line.
        reader.Read();
        return message ?? throw new JsonException("null is no message");
    }

    public static void WriteQuestion(Question question, IBufferWriter<byte> line) => Write(question, line, Default.Question);

    public static void WriteAnswer(Answer answer, IBufferWriter<byte> line) => Write(answer, line, Default.Answer);

    private static void Write<T>(T message, IBufferWriter<byte> line, JsonTypeInfo<T> type)
    {
        using Utf8JsonWriter json = new(line);
        JsonSerializer.Serialize(json, message, type);
    }
}
