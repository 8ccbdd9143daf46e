// One icon of qml/Icons in one colour.
import QtQuick

Image {
    property string name
    property color colour: Theme.ink
    property int size: Theme.px(48)

    width: size
    height: size
    sourceSize.width: size
    sourceSize.height: size
    source: name === "" ? "" : "image://icon/" + name + "/" + String(colour).slice(-6)
}
