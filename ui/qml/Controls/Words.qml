// A piece of text in the kiosk's type; wraps, never cuts.
import QtQuick

Text {
    property int size: Theme.body
    property bool strong: false
    property bool soft: false

    color: soft ? Theme.soft : Theme.ink
    font.pixelSize: Math.max(1, size)
    font.weight: strong ? Font.Bold : Font.Normal
    wrapMode: Text.Wrap
    lineHeight: 1.15
    textFormat: Text.PlainText
}
